// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

/** The destination of a subscription's events: the link of a receiving client. */
interface EventSink extends AttachedLink {
  /** Whether the client has granted credit and the connection is not congested. */
  boolean isWritable();

  void write(LogEntry entry);

  /** Another receiver was refused because this one holds the partition. */
  default void refusedAnother() {}

  /** Tells the sink that there are events to send; it then asks for them when it can. */
  void wake();
}
