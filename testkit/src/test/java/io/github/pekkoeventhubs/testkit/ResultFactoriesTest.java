// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;

class ResultFactoriesTest {

  private static final EventHubPartition PARTITION = RecordingCommitter.partition("3");
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void anEventHasThePositionOfAReceivedOne() {
    EventData sent = new EventData("body");
    sent.getProperties().put("kind", "order");
    sent.setMessageId("m-1");
    PartitionEvent event = ConsumerResultFactory.partitionEvent(PARTITION, 41, "4711", NOON, sent);

    EventData data = event.getData();
    assertThat(data.getSequenceNumber()).isEqualTo(41);
    assertThat(data.getOffsetString()).isEqualTo("4711");
    assertThat(data.getEnqueuedTime()).isEqualTo(NOON);
    assertThat(data.getBodyAsString()).isEqualTo("body");
    assertThat(data.getProperties()).containsEntry("kind", "order");
    assertThat(data.getMessageId()).isEqualTo("m-1");
    assertThat(data.getSystemProperties()).containsEntry("x-opt-sequence-number", 41L);
    assertThat(event.getPartitionContext().getPartitionId()).isEqualTo("3");
  }

  @Test
  void aCommittableEventCanBeCommitted() {
    CommittableEvent event =
        ConsumerResultFactory.committableEvent(PARTITION, 41, "3:128:78", NOON, "body");

    assertThat(event.sequenceNumber()).isEqualTo(41);
    assertThat(event.offset()).isEqualTo("3:128:78");
    assertThat(event.enqueuedTime()).isEqualTo(NOON);
    assertThat(event.event().getBodyAsString()).isEqualTo("body");
    event.committableOffset().acknowledge();
    assertThat(event.committableOffset().epoch().flush().toCompletableFuture())
        .isCompletedWithValue(CommitOutcome.COMMITTED);
  }

  @Test
  void offsetsOfAPartitionBelongToOneEpoch() {
    CommittableOffset first = ConsumerResultFactory.committableOffset(PARTITION, 1, "10");
    CommittableOffset second =
        ConsumerResultFactory.committableOffset(PARTITION, 2, "20", Map.of("key", "value"));

    CommittableOffsetBatch batch = CommittableOffsetBatch.of(List.of(second, first));

    assertThat(batch.offsets()).singleElement().isEqualTo(second);
    assertThat(second.metadata()).containsEntry("key", "value");
  }

  @Test
  void anOffsetHasTheFencingTokenOfTheEpochThatIsAskedFor() {
    CommittableOffset first = ConsumerResultFactory.committableOffset(PARTITION, 1, "10");
    CommittableOffset later = ConsumerResultFactory.committableOffset(PARTITION, 1, "10", 7);
    CommittableEvent event =
        ConsumerResultFactory.committableEvent(
            ConsumerResultFactory.partitionEvent(PARTITION, 1, "10", NOON, "body"), later);

    assertThat(first.fencingToken()).isEqualTo(1);
    assertThat(event.fencingToken()).isEqualTo(7);
    assertThat(CommittableOffsetBatch.of(List.of(later, first)).offsets())
        .as("the newest epoch of a partition")
        .containsExactly(later);
  }

  @Test
  void aProducerFlowTakesEverythingIn() throws Exception {
    EventData event = new EventData("body");
    Routed routed = new Routed(event, Route.partitionId("1"));
    assertThat(ProducerResultFactory.single(event, Route.partitionId("1"), 7).partition())
        .contains("1");
    assertThat(ProducerResultFactory.multi(List.of(routed, routed), 7).events()).hasSize(2);
    assertThat(ProducerResultFactory.passThrough(7).sent()).isEmpty();

    ActorSystem system = ActorSystem.create(SystemNames.next());
    try {
      List<Results<Integer>> results =
          Source.range(1, 3)
              .map(number -> ProducerMessage.single(event, Route.roundRobin(), number))
              .via(ProducerResultFactory.flow())
              .runWith(Sink.seq(), system)
              .toCompletableFuture()
              .get(10, SECONDS);

      assertThat(results).extracting(Results::passThrough).containsExactly(1, 2, 3);
    } finally {
      TestKit.shutdownActorSystem(system);
    }
  }
}
