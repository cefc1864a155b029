// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;

/**
 * One stored event, encoded as it is sent to every receiver.
 *
 * @param position where the event starts in its partition, in bytes
 * @param enqueuedTime milliseconds since 1970
 * @param wire the AMQP message; not to be changed
 * @param headerLength length of the header section at its start; delivery annotations go behind it
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // Identity is enough: entries are never compared.
public record LogEntry(
    long sequenceNumber,
    long position,
    String offset,
    long enqueuedTime,
    byte[] wire,
    int headerLength) {}
