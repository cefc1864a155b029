// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** In which order a user's stream may acknowledge the events of a partition. */
public enum Acknowledgement {
  /**
   * The stream keeps the order of a partition: acknowledging an event acknowledges every earlier
   * one. This is the default; it costs nothing per event.
   */
  ORDERED,
  /**
   * Events may be acknowledged in any order ({@code mapAsyncUnordered}, parallelism per key). The
   * checkpoint is the last event of the unbroken run of acknowledged ones; what is finished beyond
   * it is kept beside the checkpoint, so that a restart does not repeat it.
   */
  UNORDERED
}
