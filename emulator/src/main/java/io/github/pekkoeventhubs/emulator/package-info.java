// SPDX-License-Identifier: Apache-2.0
/**
 * The emulators as a product of their own. They depend on nothing of the connector and do not need
 * Pekko.
 *
 * <ul>
 *   <li>{@code emulator.amqp} is the Event Hubs service, {@code emulator.blob} the Blob service.
 *   <li>{@code io.github.pekkoeventhubs.testkit} holds what a test in Java sees of both: {@link
 *       io.github.pekkoeventhubs.testkit.EventHubsEmulator} and {@link
 *       io.github.pekkoeventhubs.testkit.BlobEmulator}. It has the name of the testkit, in which
 *       users look for them first.
 *   <li>{@code emulator.standalone} is the command line and the status page.
 * </ul>
 */
@NullMarked
package io.github.pekkoeventhubs.emulator;

import org.jspecify.annotations.NullMarked;
