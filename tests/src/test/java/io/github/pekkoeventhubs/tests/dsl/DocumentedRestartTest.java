// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The restarted stream of the guides, in what it is shown for. */
class DocumentedRestartTest extends FixedPartitionStreams {

  /** Books at once, unless a test says otherwise. */
  private static class Bookings implements DocumentedStreams.Orders {
    final Queue<String> booked = new ConcurrentLinkedQueue<>();

    @Override
    public CompletionStage<Done> book(CommittableEvent event) {
      booked.add(body(event));
      return CompletableFuture.completedStage(Done.getInstance());
    }

    @Override
    public CompletionStage<Done> bookAll(List<CommittableEvent> events) {
      events.forEach(this::book);
      return CompletableFuture.completedStage(Done.getInstance());
    }

    @Override
    public CompletionStage<Done> ship(Parcel parcel) {
      return CompletableFuture.completedStage(Done.getInstance());
    }

    @Override
    public boolean isOfInterest(CommittableEvent event) {
      return true;
    }

    @Override
    public List<Parcel> parcelsOf(CommittableEvent order) {
      return List.of();
    }

    @Override
    public Optional<String> parsed(PartitionEvent event) {
      return Optional.of(event.getData().getBodyAsString());
    }

    @Override
    public CompletionStage<Done> store(String parsed) {
      return CompletableFuture.completedStage(Done.getInstance());
    }

    @Override
    public CompletionStage<Map<EventHubPartition, EventPosition>> positions(
        Set<EventHubPartition> partitions) {
      return CompletableFuture.completedStage(Map.of());
    }

    @Override
    public CompletionStage<Done> storePositions(Set<EventHubPartition> partitions) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
  }

  private final Bookings bookings = new Bookings();

  @BeforeEach
  void fill() {
    services.sendToEach(100);
  }

  private Consumer.DrainingControl<Done> restarted(
      ConsumerSettings settings, DocumentedStreams.Orders orders) {
    return new DocumentedStreams(
            system(), settings, committer(), Subscriptions.partitions("0"), orders)
        .restarted();
  }

  @Test
  void aFailureOfTheApplicationIsRestartedWithoutWaitingForADrainAndNothingIsLost()
      throws Exception {
    AtomicInteger failures = new AtomicInteger();
    Bookings failingOnce =
        new Bookings() {
          @Override
          public CompletionStage<Done> book(CommittableEvent event) {
            return body(event).equals("50") && failures.getAndIncrement() == 0
                ? CompletableFuture.failedStage(new IllegalStateException("database"))
                : super.book(event);
          }
        };
    // A drain that waited for the offsets that are lost with the failure would take 25 s.
    ConsumerSettings patient = settings().withHandoverTimeout(PATIENCE.multipliedBy(2));
    Consumer.DrainingControl<Done> control = restarted(patient, failingOnce);
    Awaitility.await().atMost(PATIENCE).until(() -> failingOnce.booked.contains("99"));

    await(control.drainAndShutdown());
    assertThat(failingOnce.booked).containsAll(bodies(0, 100));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
  }

  @Test
  void aPassingFailureOfTheCommitterIsRestarted() throws Exception {
    CompletableFuture<Done> mayCommit = new CompletableFuture<>();
    Bookings late =
        new Bookings() {
          @Override
          public CompletionStage<Done> book(CommittableEvent event) {
            return super.book(event).thenCompose(done -> mayCommit);
          }
        };
    Consumer.DrainingControl<Done> control = restarted(settings(), late);
    Awaitility.await().atMost(PATIENCE).until(() -> !late.booked.isEmpty());
    // Another stream commits the same partition, so that the first commit of this one is refused.
    Consumer.DrainingControl<Done> other =
        Consumer.committableSource(settings(), Subscriptions.partitions("0"))
            .map(CommittableEvent::committableOffset)
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());
    Awaitility.await().atMost(PATIENCE).until(() -> committed("0") == 99);
    await(other.drainAndShutdown());

    mayCommit.complete(Done.getInstance());
    services.sendToEach(10);
    Awaitility.await().atMost(PATIENCE).until(() -> late.booked.contains("109"));

    assertThat(control.streamCompletion().toCompletableFuture()).isNotDone();
    await(control.drainAndShutdown());
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 109L));
  }

  @Test
  void aLastingFailureOfTheCommitterEndsTheStreamWithThatFailure() {
    services
        .blobs()
        .faults()
        .always()
        .of(BlobOperation.SET_METADATA)
        .onBlobs(name -> name.contains("checkpoint"))
        .answer(403, "AuthorizationFailure");
    Consumer.DrainingControl<Done> control = restarted(settings(), bookings);

    assertThatThrownBy(() -> await(control.streamCompletion()))
        .hasCauseInstanceOf(CheckpointWriteException.class);
    assertThat(bookings.booked.stream().filter("0"::equals)).hasSize(1);
  }

  @Test
  void aLastingFailureOfTheSourceEndsTheStreamWithThatFailure() throws Exception {
    Consumer.DrainingControl<Done> control =
        restarted(settings().withEventHubName("ordres"), bookings);

    assertThatThrownBy(() -> await(control.streamCompletion()))
        .hasCauseInstanceOf(EventHubNotFoundException.class);
    await(control.isShutdown());
  }

  @Test
  void aFailedStreamThatIsWatchedEndsTheActorSystemWithItsOwnReason() throws Exception {
    ActorTestKit ending =
        ActorTestKit.create("ending", ConfigFactory.load().withFallback(ConfigFactory.empty()));
    try {
      DocumentedStreams streams =
          new DocumentedStreams(
              ending.system(),
              settings().withEventHubName("ordres"),
              committer(),
              Subscriptions.partitions("0"),
              bookings);

      streams.watch(streams.restarted());

      ending
          .system()
          .getWhenTerminated()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(CoordinatedShutdown.get(ending.system()).getShutdownReason())
          .containsInstanceOf(DocumentedStreams.StreamHasFailed.class);
    } finally {
      ending.shutdownTestKit();
    }
  }
}
