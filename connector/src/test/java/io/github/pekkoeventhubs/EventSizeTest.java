// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import org.junit.jupiter.api.Test;

/** The sizes are those that the SDK, version 5.21.5, counts for the first event of a batch. */
class EventSizeTest {

  private final EventData event = new EventData("x".repeat(100));

  private static void assertEstimate(EventData event, Route route, long counted, long tolerance) {
    assertThat(EventSize.estimate(event, route)).isBetween(counted, counted + tolerance);
  }

  @Test
  void aPlainEventIsItsBodyAndAFrame() {
    assertEstimate(new EventData(""), Route.roundRobin(), 21, 0);
    assertEstimate(event, Route.roundRobin(), 121, 0);
    assertEstimate(new EventData("x".repeat(1000)), Route.partitionId("0"), 1024, 0);
  }

  @Test
  void propertiesOfTheUserCount() {
    event.getProperties().put("type", "abc");
    assertEstimate(event, Route.roundRobin(), 138, 6);
    event.getProperties().put("n", 123456789L);
    assertEstimate(event, Route.roundRobin(), 150, 6);
    event.getProperties().put("d", "2026-11-23T02:00:00.123456789Z");
    assertEstimate(event, Route.roundRobin(), 185, 6);
  }

  @Test
  void standardPropertiesCount() {
    event.setMessageId("m-1");
    assertEstimate(event, Route.roundRobin(), 138, 35);
    event.setCorrelationId("123456").setContentType("application/json");
    assertEstimate(event, Route.roundRobin(), 168, 35);
  }

  @Test
  void thePartitionKeyCountsTwiceInTheFirstEventOfABatchAndOnceInTheOthers() {
    assertThat(EventSize.estimateAlone(event, Route.partitionKey("k"))).isBetween(181L, 193L);
    assertEstimate(event, Route.partitionKey("k"), 151, 6);
  }

  @Test
  void textCountsAsUtf8() {
    EventData ascii = new EventData("");
    ascii.getProperties().put("p", "aaaa");
    EventData other = new EventData("");
    other.getProperties().put("p", "äß€\uD83D\uDE00");

    long difference =
        EventSize.estimate(other, Route.roundRobin())
            - EventSize.estimate(ascii, Route.roundRobin());

    assertThat(difference).isEqualTo(2 + 2 + 3 + 4 - 4);
  }

  @Test
  void bytesAndNumbersAndNothingCount() {
    event.getProperties().put("b", new byte[300]);
    event.getProperties().put("f", true);
    long withValues = EventSize.estimate(event, Route.roundRobin());
    event.getProperties().put("none", null);

    assertThat(withValues).isBetween(121L + 300, 121L + 350);
    assertThat(EventSize.estimate(event, Route.roundRobin())).isGreaterThan(withValues);
  }
}
