// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.Subscriptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The end of a partition is passed only when all before it has arrived. */
class LimitedIntakeTest extends IntakeFixture {

  private final BoundedReading bounds =
      BoundedReading.of(
          ReadUntil.sequenceNumbers(Map.of("0", 2L)),
          (Subscriptions.FixedPartitions) Subscriptions.partitions("0"));

  private PartitionIntake bounded(LinkPrefetch prefetch) {
    PartitionIntake created = intake(new IntakeWindow(MAX_EVENTS, Long.MAX_VALUE), prefetch);
    bounds.begins(created, START);
    destination = owner -> bounds.limited("0");
    return created;
  }

  private PartitionIntake bounded() {
    return bounded(new LinkPrefetch(1, 1));
  }

  private static void emitAll(PartitionIntake emitting) {
    do {
      emitting.beginTurn();
    } while (emitting.poll() != null);
  }

  @Test
  void nothingBeyondTheEndIsLetInAndTheLinkIsClosed() {
    PartitionIntake limited = bounded();
    ManualReceiver link = attach(limited);
    deliver(link, 0, 3);

    assertThat(limited.lastReceived()).isEqualTo(2);
    assertThat(link.isCancelled()).isTrue();
    assertThat(bounds.isFinished()).as("three events wait").isFalse();
    emitAll(limited);
    assertThat(bounds.isFinished()).isTrue();
  }

  @Test
  void aClosedLinkReportsNoEnd() {
    ManualReceiver link = attach(bounded());
    deliver(link, 0, 3);

    link.complete();

    assertThat(ends).isEmpty();
    assertThat(outgrown).hasValue(0);
  }

  @Test
  void aLinkThatIsLostBeforeTheEndReportsThatItWasLost() {
    ManualReceiver link = attach(bounded());
    deliver(link, 0, 1);

    link.complete();

    assertThat(ends).hasSize(1);
  }

  @Test
  void aReplacedLinkThatStillDeliversDoesNotPassTheEnd() {
    PartitionIntake limited = bounded(new LinkPrefetch(1_000, 4_000));
    ManualReceiver wide = attach(limited);
    for (int i = 0; i < 5; i++) {
      wide.deliver(TestEvents.event("0", i, 1_000));
    }
    assertThat(outgrown).as("replaced after the first event").hasValue(1);
    assertThat(limited.poll()).isNotNull();

    assertThat(bounds.isFinished()).as("events 1 and 2 are missing").isFalse();
    ManualReceiver narrow = attach(limited);
    for (int i = 1; i <= 3; i++) {
      narrow.deliver(TestEvents.event("0", i, 1_000));
    }
    emitAll(limited);
    assertThat(bounds.isFinished()).isTrue();
  }

  @Test
  void eventsThatAnEpochDropsAreReadByTheNextOne() {
    PartitionIntake former = bounded();
    deliver(attach(former), 1, 3);
    former.finish();
    former.stopped();
    assertThat(bounds.isFinished()).as("dropped events were not emitted").isFalse();

    PartitionIntake next = bounded();

    assertThat(bounds.isFinished()).as("the former epoch has passed the end").isFalse();
    deliver(attach(next), 1, 3);
    emitAll(next);
    assertThat(bounds.isFinished()).isTrue();
  }
}
