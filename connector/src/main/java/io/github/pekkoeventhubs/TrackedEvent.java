// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Map;
import org.apache.pekko.annotation.InternalApi;

/**
 * One event as an epoch keeps track of it, from its emission to its acknowledgement: its place in
 * the partition, and what to store beside it. It is no part of the API.
 *
 * <p>Implementations are immutable. The epoch keeps the object itself, so that neither an emission
 * nor an acknowledgement allocates anything.
 */
@InternalApi
public interface TrackedEvent {

  /** The event's sequence number, which grows from event to event of a partition. */
  long sequenceNumber();

  /** The event's offset as the service gave it; empty if it is unknown. */
  String offset();

  /** The entries that are stored beside the checkpoint if this event is the one that is stored. */
  Map<String, String> metadata();
}
