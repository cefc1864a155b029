// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.FaultSchedule.Kind;
import io.github.pekkoeventhubs.testkit.FaultSchedule.Performed;
import io.github.pekkoeventhubs.testkit.FaultSchedule.Step;
import java.time.Duration;
import java.util.EnumSet;
import java.util.NoSuchElementException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultScheduleTest {

  @RegisterExtension
  static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 2);

  private static final Duration LENGTH = Duration.ofMillis(300);

  @Test
  void isAFunctionOfItsSeed() {
    FaultSchedule schedule = FaultSchedule.of(7, LENGTH, 50);

    assertThat(FaultSchedule.of(7, LENGTH, 50).steps()).isEqualTo(schedule.steps());
    assertThat(FaultSchedule.of(8, LENGTH, 50).steps()).isNotEqualTo(schedule.steps());
    assertThat(schedule.steps())
        .hasSize(50)
        .isSortedAccordingTo(java.util.Comparator.comparing(Step::at))
        .allMatch(step -> step.at().compareTo(LENGTH) < 0)
        .noneMatch(step -> step.kind() == Kind.RECREATE_EVENT_HUB);
    assertThat(schedule.only(Kind.STALL).steps()).allMatch(step -> step.kind() == Kind.STALL);
    assertThatIllegalArgumentException().isThrownBy(() -> FaultSchedule.of(7, LENGTH, 0));
  }

  @Test
  void performsEveryKind(TestEventHub orders) {
    FaultSchedule schedule =
        FaultSchedule.of(3, LENGTH, 400).only(Kind.DETACH_LINKS, Kind.values());

    try (FaultSchedule.Run run = schedule.start(orders)) {
      run.await();

      assertThat(run.steps()).hasSize(400);
      assertThat(run.steps())
          .extracting(Performed::step)
          .extracting(Step::kind)
          .containsAll(EnumSet.allOf(Kind.class));
    }
    assertThat(orders.partition("0").checkpoint()).isEmpty();
  }

  @Test
  void saysWhichFaultCouldNotBegin() {
    FaultSchedule schedule = FaultSchedule.of(5, LENGTH, 20).only(Kind.STALL);
    try (EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub("parcels", 1).start();
        BlobEmulator blobs = BlobEmulator.start()) {
      FaultSchedule.Run run = schedule.start(emulator, "parcels", "$Default", blobs);
      emulator.deleteEventHub("parcels");

      assertThatIllegalStateException()
          .isThrownBy(run::await)
          .withMessageContaining("STALL")
          .withCauseInstanceOf(NoSuchElementException.class);
      assertThatIllegalStateException().isThrownBy(run::close).withMessageContaining("STALL");
    }
  }

  @Test
  void aStreamSurvivesWhatLosesNothing(TestEventHub orders, ActorSystem<?> system) {
    FaultSchedule schedule =
        FaultSchedule.of(11, LENGTH, 10)
            .only(
                Kind.DROP_CONNECTIONS,
                Kind.DETACH_RECEIVERS,
                Kind.REFUSE_RECEIVERS,
                Kind.STALL,
                Kind.BLOBS_BUSY,
                Kind.BLOB_CONDITION_FAILS,
                Kind.BLOB_REPLY_LOST);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(orders.consumerSettings(), Subscriptions.partitions("0"))
            .map(event -> event.committableOffset())
            .toMat(Committer.sink(orders.committerSettings()), Consumer::createDrainingControl)
            .run(system);
    try (FaultSchedule.Run run = schedule.start(orders)) {
      for (int i = 0; i < 10; i++) {
        orders.send("0", "order " + i);
      }
      run.await();
    }

    orders.partition("0").of(control).awaitPosition(9);
    control.drainAndShutdown().toCompletableFuture().join();
    EventHubsAssertions.assertThat(orders).partition("0").hasCheckpoint(9).neverWentBack();
  }
}
