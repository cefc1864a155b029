// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

/** Where the events of a subscription go to: the link of a receiving client. */
interface EventSink extends AttachedLink {
  /** Whether the client has granted credit and the connection is not congested. */
  boolean isWritable();

  void write(LogEntry entry);

  /** Another receiver was turned away because this one holds the partition. */
  default void refusedAnother() {}

  /** Says that there is something to send; the sink then asks for it when it can. */
  void wake();
}
