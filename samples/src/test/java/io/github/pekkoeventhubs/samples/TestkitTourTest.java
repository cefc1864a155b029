// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.testkit.CommittablePublisher;
import io.github.pekkoeventhubs.testkit.CommittableTestSource;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.FaultSchedule;
import io.github.pekkoeventhubs.testkit.RecordingCommitter;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The code of the guide to testing; {@link TestingGuideTest} compares the two. */
class TestkitTourTest {

  @RegisterExtension
  static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 4);

  @Test
  void commitsWithoutAService(ActorSystem<?> system) {
    CommitterSettings settings = CommitterSettings.create(system);
    // snippet: recording
    RecordingCommitter committer = RecordingCommitter.create();
    List<CommittableOffset> offsets = List.of(committer.offset("0", 40), committer.offset("0", 41));

    Source.from(offsets).runWith(Committer.sink(settings), system).toCompletableFuture().join();

    assertThat(committer).partition("0").hasCheckpoint(41);
    // end
  }

  @Test
  void failsWhenTheStoreRefuses(ActorSystem<?> system) {
    CommitterSettings settings = CommitterSettings.create(system);
    RecordingCommitter committer = RecordingCommitter.create();
    // snippet: refusing
    FaultHandle refusal = committer.failNext(1);
    Pair<CommittablePublisher, CompletionStage<Done>> stream =
        CommittableTestSource.create(system, committer)
            .map(CommittableEvent::committableOffset)
            .toMat(Committer.sink(settings), Keep.both())
            .run(system);

    stream.first().send("0", "first", "second");
    stream.first().complete();

    assertThatThrownBy(() -> stream.second().toCompletableFuture().join())
        .hasMessageContaining("refused");
    assertThat(refusal.hits()).isEqualTo(1);
    // end
  }

  @Test
  void countsHowOftenAFaultHit(TestEventHub orders) {
    try (EventHubProducerClient producer = orders.clientBuilder().buildProducerClient()) {
      SendOptions toFirst = new SendOptions().setPartitionId("0");
      // snippet: faults
      FaultHandle busy = orders.faults().rejectNextSends(1, "com.microsoft:server-busy");
      FaultHandle slow = orders.faults().delayNextSends(1, Duration.ofMillis(50));

      producer.send(List.of(new EventData("patience")), toFirst);

      assertThat(busy.hits()).isEqualTo(1);
      assertThat(slow.hits()).isEqualTo(1);
      // end
      assertThat(orders.eventHubs().events(orders.name(), "0")).hasSize(1);
    }
  }

  @Test
  void runsASchedule(TestEventHub orders) {
    // snippet: schedule
    FaultSchedule schedule = FaultSchedule.of(4711, Duration.ofMillis(200), 20);
    try (FaultSchedule.Run faults = schedule.start(orders)) {
      // … what is to survive it …
      faults.await();
      assertThat(faults.steps()).as(schedule.toString()).hasSize(20);
    }
    // end
  }
}
