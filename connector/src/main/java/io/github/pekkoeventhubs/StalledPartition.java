// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A partition that has something to do and is in the hands of this process. It is stalled if all of
 * this stays as it is for a long time: each count grows with progress. Pure.
 *
 * @param waitsFor for what the partition waits
 * @param failedSends how often attempts to send have failed in this process, where the partition
 *     waits for the stream: a stream that sends on what it reads may be waiting for that
 */
record StalledPartition(
    ConsumerStatus.WaitsFor waitsFor,
    long received,
    long emitted,
    OptionalLong acknowledged,
    long ahead,
    long skipped,
    long dropped,
    long failedSends) {

  /**
   * Whether the partition would be stalled if it stayed like this. A partition that waits for
   * something outside of this process, such as a claim, the store or a token, is not: a new process
   * would wait for it as well.
   *
   * @param bounded whether the stream may have read the partition to its end on purpose
   * @param failedSends how often attempts to send have failed in this process
   */
  static Optional<StalledPartition> of(PartitionStatus status, boolean bounded, long failedSends) {
    boolean hasWork =
        switch (status.waitsFor()) {
          case ACKNOWLEDGEMENTS -> status.inFlight() > 0;
          case DEMAND -> status.activity().buffered() > 0 || isAfter(status, status.emitted());
          case EVENTS -> !bounded && isAfter(status, status.received());
          case STREAM -> true;
          case RESUME, CLAIM, STORE, CONNECTION, TOKEN -> false;
        };
    boolean isOwned = status.state() == OwnerState.RUNNING || status.state() == OwnerState.DRAINING;
    return hasWork && isOwned
        ? Optional.of(
            new StalledPartition(
                status.waitsFor(),
                status.activity().received(),
                status.activity().emitted(),
                status.acknowledged(),
                status.acknowledgements().ahead(),
                status.acknowledgements().skipped(),
                status.acknowledgements().dropped(),
                status.waitsFor() == ConsumerStatus.WaitsFor.EVENTS ? 0 : failedSends))
        : Optional.empty();
  }

  /** Whether the partition has events after this one, or after the checkpoint if there is none. */
  private static boolean isAfter(PartitionStatus status, OptionalLong position) {
    OptionalLong known = position.isPresent() ? position : status.committed();
    return known.isPresent()
        && status.lastEnqueued().isPresent()
        && status.lastEnqueued().getAsLong() > known.getAsLong();
  }

  /** The end of a sentence that begins with the partition. */
  String inWords() {
    return switch (waitsFor) {
      case ACKNOWLEDGEMENTS -> "the stream acknowledges none of the events that it has";
      case DEMAND -> "the stream asks for no event although some are there";
      case EVENTS -> "no event arrives although the partition has some";
      case STREAM -> "the hand-over waits for the stream";
      case RESUME, CLAIM, STORE, CONNECTION, TOKEN -> "it waits for " + waitsFor;
    };
  }
}
