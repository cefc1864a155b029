// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnroutedEventTest {

  private final EventData event = new EventData("body");

  @Test
  void aFreshEventForAnyPartitionIsSentAsItIs() {
    assertThat(UnroutedEvent.of(event, Route.roundRobin())).isSameAs(event);
    assertThat(UnroutedEvent.of(event, Route.partitionId("3"))).isSameAs(event);
  }

  @Test
  void theAnnotationsOfAReceivedEventAreLeftOut() {
    Map<String, Object> annotations = event.getRawAmqpMessage().getMessageAnnotations();
    annotations.put("x-opt-enqueued-time", Instant.EPOCH);
    annotations.put("x-opt-partition-key", "old");
    annotations.put("mine", 7);

    EventData copy = UnroutedEvent.of(event, Route.roundRobin());

    assertThat(copy.getRawAmqpMessage().getMessageAnnotations()).isEqualTo(Map.of("mine", 7));
    assertThat(annotations).containsKeys("x-opt-enqueued-time", "x-opt-partition-key");
  }

  @Test
  void everythingElseIsKept() {
    event.setContentType("text/plain").setCorrelationId("correlation").setMessageId("message");
    event.getRawAmqpMessage().getProperties().setSubject("subject").setUserId(new byte[] {1});
    event.getProperties().put("name", "value");

    EventData copy = UnroutedEvent.of(event, Route.partitionKey("k"));

    assertThat(copy).isNotSameAs(event);
    assertThat(copy.getBody()).isSameAs(event.getBody());
    assertThat(copy.getContentType()).isEqualTo("text/plain");
    assertThat(copy.getCorrelationId()).isEqualTo("correlation");
    assertThat(copy.getMessageId()).isEqualTo("message");
    assertThat(copy.getProperties()).isEqualTo(Map.of("name", "value"));
    assertThat(copy.getRawAmqpMessage().getProperties().getSubject()).isEqualTo("subject");
    assertThat(copy.getRawAmqpMessage().getProperties().getUserId()).containsExactly(1);
  }
}
