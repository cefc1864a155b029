// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventSize;
import org.junit.jupiter.api.Test;

/** A link holds a number of events that fits their size. */
class IntakeLinkSizeTest extends IntakeFixture {

  private final PartitionIntake fitted =
      intake(new IntakeWindow(1_000, 8 << 20), new LinkPrefetch(1_000, 4 << 20));

  private void deliver(ManualReceiver link, long from, long to, int bytes) {
    for (long i = from; i <= to; i++) {
      link.deliver(TestEvents.event("0", i, bytes));
    }
  }

  @Test
  void theFirstLinkIsWide() {
    deliver(attach(fitted), 0, 50, 100);

    assertThat(prefetchCounts).containsExactly(1_000);
    assertThat(outgrown).hasValue(0);
    assertThat(fitted.receivedCount()).isEqualTo(51);
  }

  @Test
  void aWideLinkIsReplacedByANarrowOneAtTheFirstLargeEvent() {
    ManualReceiver wide = attach(fitted);
    deliver(wide, 0, 0, 1 << 20);
    assertThat(outgrown).hasValue(1);
    assertThat(wide.isCancelled()).isTrue();

    ManualReceiver narrow = attach(fitted);

    assertThat(prefetchCounts).containsExactly(1_000, 4);
    assertThat(positions).last().isEqualTo(EventPosition.fromOffsetString("o0"));
    assertThat(narrow.requested()).isLessThanOrEqualTo(8);
    assertThat(ends).isEmpty();
  }

  @Test
  void whatAClosedLinkStillDeliversIsLeftToTheNext() {
    deliver(attach(fitted), 0, 5, 1 << 20);

    assertThat(fitted.receivedCount()).isEqualTo(1);
    assertThat(outgrown).hasValue(1);
  }

  @Test
  void aNarrowLinkIsReplacedByAWideOneWhenEventsHaveBecomeSmall() {
    deliver(attach(fitted), 0, 0, 1 << 20);
    ManualReceiver narrow = attach(fitted);
    for (int i = 1; outgrown.get() == 1; i++) {
      assertThat(i).isLessThan(10_000);
      deliver(narrow, i, i, 100);
    }
    attach(fitted);

    assertThat(narrow.isCancelled()).isTrue();
    assertThat(prefetchCounts.get(2)).isGreaterThan(4);
  }

  @Test
  void theEventsThatAWideLinkMayAskForAreNotWaitedForAfterItsEnd() {
    deliver(attach(fitted), 0, 0, 1 << 20);

    assertThat(attach(fitted).requested()).isEqualTo(7);
  }

  @Test
  void propertiesCount() {
    PartitionEvent event = TestEvents.event("0", 0, 100);
    event.getData().getProperties().put("document", "x".repeat(1_000));
    event.getData().getProperties().put("image", new byte[500]);
    event.getData().getProperties().put("n", 1L);

    assertThat(EventSize.ofContent(event.getData()))
        .as("with the codes of AMQP")
        .isBetween(100 + 8 + 1_000 + 5 + 500 + 1 + 8, 100 + 8 + 1_000 + 5 + 500 + 1 + 8 + 40);
  }
}
