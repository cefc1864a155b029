// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The failures of streams whose connection strings name their event hubs. */
class ListedFailuresTest {

  private final ActorSystem system = ActorSystem.create("ListedFailuresTest");
  private final RunningStreams streams = RunningStreams.of(system);

  @AfterEach
  void shutDown() {
    TestKit.shutdownActorSystem(system);
  }

  private ConsumerSettings settings(String namespace, String eventHub) {
    return ConsumerSettings.create(system)
        .withConnectionString(
            "Endpoint=sb://%s.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=k"
                    .formatted(namespace)
                + ";EntityPath="
                + eventHub)
        .withConsumerGroup("billing");
  }

  private static Source<CommittableEvent, SourceLifetime> source(
      ConsumerSettings settings, Subscription subscription) {
    return Source.fromGraph(
        MergedSource.committable(settings, subscription, (actors, chosen) -> new FakePlacement()));
  }

  private void runs(Source<CommittableEvent, SourceLifetime> source, boolean fails) {
    CompletableFuture<Done> stream = source.runWith(Sink.ignore(), system).toCompletableFuture();
    await().until(stream::isDone);
    assertThat(stream.isCompletedExceptionally()).isEqualTo(fails);
  }

  /** It fails as soon as it starts: it has no partition store. */
  private void failIn(String namespace, String eventHub) {
    runs(source(settings(namespace, eventHub), Subscriptions.clusterSharded()), true);
  }

  /** The same. */
  private void failWith(Subscription subscription) {
    runs(source(settings("first", "orders"), subscription), true);
  }

  private void stopBeforeTheStart(Subscription subscription) {
    runs(
        source(settings("first", "orders"), subscription)
            .mapMaterializedValue(
                lifetime -> {
                  lifetime.stop();
                  return lifetime;
                }),
        false);
  }

  private void awaitFailures(int expected) {
    await().until(() -> streams.failures().size() == expected);
  }

  @Test
  void areNamedByTheirEventHubsAndTakenAwayByAStreamOfTheSameOneAlone() {
    failIn("first", "orders");
    failIn("first", "invoices");
    failIn("second", "orders");
    awaitFailures(3);
    assertThat(streams.failures())
        .extracting(FailedConsumer::eventHub)
        .containsExactly("orders", "invoices", "orders");
    String secondId = streams.failures().get(2).id();

    failIn("first", "orders");
    await()
        .untilAsserted(
            () ->
                assertThat(streams.failures())
                    .extracting(FailedConsumer::eventHub)
                    .containsExactly("invoices", "orders", "orders"));
    assertThat(streams.failures().get(1).id()).isEqualTo(secondId);
  }

  @Test
  void aStreamOfOtherPartitionsDoesNotFollowTheFailedOne() {
    failWith(Subscriptions.partitions("0"));
    awaitFailures(1);
    String first = streams.failures().get(0).id();

    failWith(Subscriptions.partitions("1"));
    awaitFailures(2);
    assertThat(streams.failures().get(0).id()).isEqualTo(first);

    failWith(Subscriptions.clusterSharded());
    awaitFailures(1);
    assertThat(streams.failures().get(0).id()).isNotEqualTo(first);
  }

  /** As the incarnation behind a backoff, if its control was stopped meanwhile. */
  @Test
  void aStreamThatIsStoppedBeforeItStartsFollowsTheFailedOne() {
    failWith(Subscriptions.clusterSharded());
    awaitFailures(1);

    stopBeforeTheStart(Subscriptions.clusterSharded());
    awaitFailures(0);
    await().until(() -> streams.consumers().isEmpty());
  }

  @Test
  void aBoundedReadingNeitherStaysAsAFailureNorFollowsOne() {
    failWith(Subscriptions.partitions("0").until(ReadUntil.now()));
    failWith(Subscriptions.partitions("0"));
    awaitFailures(1);
    String unbounded = streams.failures().get(0).id();

    failWith(Subscriptions.partitions("0").until(ReadUntil.now()));
    await().until(() -> streams.consumers().isEmpty());
    assertThat(streams.failures()).extracting(FailedConsumer::id).containsExactly(unbounded);
  }
}
