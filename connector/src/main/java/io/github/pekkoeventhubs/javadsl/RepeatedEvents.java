// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ProducerNumber;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.produce.SeenNumbers;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * Drops what a producer has sent before.
 *
 * <p>Producers number their events ({@link
 * io.github.pekkoeventhubs.ProducerSettings#withProducerId}, {@link ProducerNumber}). The flow lets
 * those through whose number is greater than all before it of the same producer in the same
 * partition: an event that was sent twice because its answer was lost comes through once, and one
 * that a network delivered late, behind newer ones, does not come through. Events without a number
 * pass, and so does what the stream reads a second time itself: after it has lost a partition and
 * got it back, or after a reset. The flow never fails by itself; its state is confined to the
 * stream's thread.
 */
public final class RepeatedEvents {

  private static final int KEPT = 100_000;

  private RepeatedEvents() {}

  /**
   * Put it directly behind the source, before anything that changes the order of events.
   *
   * <p>It remembers since the stream was run, and the last 100,000 pairs of a producer and a
   * partition: what is repeated across a restart of the reader, or by a partition's move to another
   * node, comes through once more. An event that is dropped counts as skipped ({@link
   * CommittableEvent#skip}).
   */
  public static Flow<CommittableEvent, CommittableEvent, NotUsed> drop() {
    return Flow.<CommittableEvent>create()
        .statefulMapConcat(
            () -> {
              SeenNumbers seen = new SeenNumbers(KEPT);
              return event -> UnexpectedFailure.COMMITTER.guard(() -> newOnes(event, seen));
            });
  }

  private static List<CommittableEvent> newOnes(CommittableEvent event, SeenNumbers seen) {
    if (seen.recordedBefore(event.partition(), event.sequenceNumber(), event.event())) {
      event.skip();
      return List.of();
    }
    return List.of(event);
  }
}
