// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded Event Hubs service: an AMQP 1.0 server that speaks what the official clients expect.
 *
 * <p>Everything below {@link io.github.pekkoeventhubs.emulator.amqp.AmqpService} runs on the one
 * thread of its event loop: broker state needs no locks, and a fault takes effect between two
 * frames, never in the middle of one.
 */
@NullMarked
package io.github.pekkoeventhubs.emulator.amqp;

import org.jspecify.annotations.NullMarked;
