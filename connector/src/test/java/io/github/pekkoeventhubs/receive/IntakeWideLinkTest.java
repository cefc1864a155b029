// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import org.junit.jupiter.api.Test;

/** The stage takes over a part of the connection's work where the link is wide. */
class IntakeWideLinkTest extends IntakeFixture {

  private final PartitionIntake helped =
      intake(new IntakeWindow(4_000, 8 << 20), new LinkPrefetch(2_000, 2 << 20));

  @Test
  void asksAWideLinkForFewEventsAtATimeAndOnlyWhenNoneAreLeft() {
    ManualReceiver link = attach(helped);
    deliver(link, 0, link.requested() - 1);
    long first = link.requested();
    assertThat(first).isLessThanOrEqualTo(IntakeBounds.WIDE_LINK_REQUEST_SIZE);

    for (int i = 0; i < first; i++) {
      helped.beginTurn();
      assertThat(helped.poll()).isNotNull();
      assertThat(link.requested()).as("while some are left").isEqualTo(first);
    }
    assertThat(helped.poll()).isNull();

    assertThat(link.requested()).isEqualTo(first + IntakeBounds.WIDE_LINK_REQUEST_SIZE);
  }

  @Test
  void doesNotAskAgainWhileEventsAreDueThatWereAskedFor() {
    ManualReceiver link = attach(helped);
    long first = link.requested();
    deliver(link, 0, 0);
    assertThat(helped.poll()).isNotNull();
    helped.beginTurn();

    assertThat(helped.poll()).isNull();

    assertThat(link.requested()).isEqualTo(first);
    assertThat(helped.hasDemand()).isTrue();
  }

  @Test
  void takesWhatWaitsInTheSdkOnTheStagesThreadWithoutLettingItRunOut() {
    ManualReceiver link = attach(helped);
    link.supply(1_000);
    int emitted = 0;
    for (PartitionEvent event = helped.poll(); emitted < 1_000; event = helped.poll()) {
      if (event == null) {
        helped.beginTurn();
      } else {
        assertThat(event.getData().getSequenceNumber()).isEqualTo(emitted++);
      }
      assertThat(helped.receivedCount() - emitted).isLessThan(IntakeBounds.WIDE_LINK_REQUEST_SIZE);
    }

    assertThat(helped.poll()).isNull();
    assertThat(helped.hasDemand())
        .as("the open request wakes the stage when the next event comes")
        .isTrue();
  }

  @Test
  void neverHoldsMoreThanTheWindow() {
    PartitionIntake small = intake(new IntakeWindow(5, 8 << 20), new LinkPrefetch(2_000, 2 << 20));
    ManualReceiver link = attach(small);
    link.supply(1_000);

    for (int emitted = 0; emitted < 500; ) {
      small.beginTurn();
      emitted += small.poll() == null ? 0 : 1;
      assertThat(small.receivedCount() - emitted).isLessThanOrEqualTo(5);
    }
  }

  @Test
  void asksBeforeAWaitForAsManyAsTheNextBatchMayHave() {
    ManualReceiver link = attach(helped);
    deliver(link, 0, 0);
    long before = link.requested();
    waitsAfter(0);
    assertThat(link.requested()).as("it may be the first pause of many").isEqualTo(before);
    waitsAfter(IntakeBounds.REQUEST_PAUSE_NANOS);
    assertThat(link.requested()).isEqualTo(before + IntakeBounds.REQUEST_SIZE_BEFORE_WAIT);

    long enough = link.requested() - IntakeBounds.OWED_BEFORE_WAIT;
    deliver(link, 1, enough - 1);
    waitsAfter(IntakeBounds.REQUEST_PAUSE_NANOS);
    assertThat(link.requested()).as("enough are owed").isEqualTo(enough + 100);

    deliver(link, enough, enough);
    waitsAfter(0);
    assertThat(link.requested()).isEqualTo(enough + 100 + IntakeBounds.REQUEST_SIZE_BEFORE_WAIT);
    assertThat(dueLooks).as("nobody has to watch the link").isEmpty();
  }

  @Test
  void goesOnAskingForFewWhileItIsFastAlthoughItWaitsNowAndThen() {
    ManualReceiver link = attach(helped);
    deliver(link, 0, 0);
    waitsAfter(0);
    waitsAfter(IntakeBounds.REQUEST_PAUSE_NANOS);
    long before = link.requested();
    deliver(link, 1, before - 1);

    waitsAfter(IntakeBounds.REQUEST_PAUSE_NANOS - 1);
    assertThat(link.requested()).isEqualTo(before + IntakeBounds.WIDE_LINK_REQUEST_SIZE);
    waitsAfter(1);
    assertThat(link.requested()).isGreaterThan(before + IntakeBounds.REQUEST_SIZE_BEFORE_WAIT);
  }

  private void waitsAfter(long nanos) {
    now.addAndGet(nanos);
    pollAll(helped);
    helped.beforeWait();
  }

  @Test
  void asksForNothingBeforeAWaitThatOnlyTheStreamCanEnd() {
    ManualReceiver link = attach(helped);
    long first = link.requested();
    deliver(link, 0, 0);
    waitsAfter(0);
    now.addAndGet(IntakeBounds.REQUEST_PAUSE_NANOS);
    pollAll(helped);

    paused.set(true);
    helped.beforeWait();
    assertThat(link.requested()).isEqualTo(first);

    paused.set(false);
    helped.beforeWait();
    assertThat(link.requested()).isGreaterThan(first);
  }

  @Test
  void doesNotAskForMoreBeforeAWaitThanMayWait() {
    PartitionIntake small = intake(new IntakeWindow(5, 8 << 20), new LinkPrefetch(2_000, 2 << 20));
    ManualReceiver link = attach(small);
    deliver(link, 0, 0);
    pollAll(small);
    small.beforeWait();
    now.addAndGet(IntakeBounds.REQUEST_PAUSE_NANOS);
    pollAll(small);
    small.beforeWait();

    assertThat(link.requested()).isLessThanOrEqualTo(1 + 5);
  }

  private static void pollAll(PartitionIntake polled) {
    polled.beginTurn();
    while (polled.poll() != null) {
      polled.beginTurn();
    }
  }
}
