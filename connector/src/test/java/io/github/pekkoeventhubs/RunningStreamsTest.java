// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunningStreamsTest {

  private final ActorTestKit testKit = ActorTestKit.create(ConfigFactory.load());
  private final RunningStreams streams = RunningStreams.of(testKit.system());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  private static RunningConsumer consumer(String id) {
    return new RunningConsumer(
        id,
        "ns",
        "orders",
        "billing",
        Duration.ofSeconds(30),
        false,
        true,
        OptionalInt.empty(),
        new ConsumerStatus(Map.of()));
  }

  private void begins(String id) {
    begins(id, group("billing"));
  }

  private void begins(String id, StreamReach reach) {
    streams.consumerBegins(id, reach, () -> consumer(id));
  }

  private static StreamReach group(String group) {
    return new StreamReach("ns", "orders", group, Optional.empty(), false);
  }

  private static StreamReach partitions(String... ids) {
    return new StreamReach(
        "ns", "orders", "billing", Optional.of(new LinkedHashSet<>(List.of(ids))), false);
  }

  private static StreamReach bounded(String id) {
    return new StreamReach("ns", "orders", "billing", Optional.of(Set.of(id)), true);
  }

  private void fails(String id, String group) {
    fails(id, group(group));
  }

  private void fails(String id, StreamReach reach) {
    streams.consumerFails(id, reach, new IllegalStateException("broken"));
    streams.consumerEnds(id);
  }

  private void haveFailed(String... ids) {
    assertThat(streams.failures()).extracting(FailedConsumer::id).containsExactly(ids);
  }

  @Test
  void eachActorSystemHasItsOwnList() {
    begins("one");
    ActorTestKit other = ActorTestKit.create(ConfigFactory.load());
    try {
      assertThat(RunningStreams.of(other.system()).consumers()).isEmpty();
      assertThat(RunningStreams.of(testKit.system())).isSameAs(streams);
    } finally {
      other.shutdownTestKit();
    }
  }

  @Test
  void streamsAreListedInTheOrderOfTheirStartsUntilTheyEnd() {
    begins("one");
    begins("two");
    streams.producerBegins(
        "three",
        () ->
            new ProducerStatus(
                "three",
                "ns",
                "orders",
                0,
                Optional.empty(),
                0,
                0,
                0,
                0,
                0,
                DurationDistribution.NONE,
                DurationDistribution.NONE));

    assertThat(streams.consumers()).extracting(RunningConsumer::id).containsExactly("one", "two");
    assertThat(streams.producers()).extracting(ProducerStatus::id).containsExactly("three");

    streams.consumerEnds("one");
    streams.producerEnds("three");
    assertThat(streams.consumers()).extracting(RunningConsumer::id).containsExactly("two");
    assertThat(streams.producers()).isEmpty();
  }

  @Test
  void aFailureStaysUntilAStreamOfTheSameGroupBegins() {
    begins("one");
    fails("one", "billing");
    fails("two", "audit");

    assertThat(streams.failures()).extracting(FailedConsumer::id).containsExactly("one", "two");
    begins("three");
    assertThat(streams.failures()).extracting(FailedConsumer::id).containsExactly("two");
  }

  @Test
  void aFailureStaysWhileAStreamOfAnotherNamespaceBegins() {
    fails("one", "billing");

    begins("two", new StreamReach("other", "orders", "billing", Optional.empty(), false));
    haveFailed("one");
    begins("three", new StreamReach("NS", "Orders", "Billing", Optional.empty(), false));
    haveFailed();
  }

  @Test
  void aFailureStaysUntilAllThatTheStreamHasReadIsReadAgain() {
    fails("one", partitions("0", "1"));

    begins("two", partitions("2"));
    haveFailed("one");
    begins("three", partitions("0", "3"));
    haveFailed("one");
    begins("four", partitions("1"));
    haveFailed();
  }

  @Test
  void aStreamOfSomePartitionsDoesNotFollowOneOfAll() {
    fails("one", "billing");

    begins("two", partitions("0", "1"));
    haveFailed("one");
    begins("three");
    haveFailed();
  }

  @Test
  void aStreamOfAllPartitionsFollowsThoseOfSome() {
    fails("one", partitions("0"));
    fails("two", partitions("1"));

    haveFailed("one", "two");
    begins("three");
    haveFailed();
  }

  @Test
  void theLastFailureOfTheSamePartitionsIsKept() {
    fails("one", partitions("0"));
    fails("two", partitions("1"));
    fails("three", partitions("0"));

    haveFailed("two", "three");
    assertThat(streams.failures().get(1))
        .isEqualTo(
            new FailedConsumer("three", "orders", "billing", "IllegalStateException: broken"));
  }

  @Test
  void aBoundedReadingIsNoFailureAndFollowsNone() {
    fails("one", bounded("0"));
    haveFailed();

    fails("two", partitions("0"));
    begins("three", bounded("0"));
    fails("three", bounded("0"));
    haveFailed("two");
  }

  @Test
  void failuresOfManyGroupsDoNotGatherWithoutBound() {
    for (int i = 0; i < 10_000; i++) {
      fails("stream-" + i, "group-" + i);
    }
    assertThat(streams.failures()).hasSizeLessThan(2000);

    fails("newer", "group-1");
    assertThat(streams.failures()).extracting(FailedConsumer::id).contains("newer");
  }

  /** Pekko Management makes the checks like this. */
  @Test
  void aCheckIsMadeByItsNameWithAClassicActorSystem() throws Exception {
    ActorSystem classic = Adapter.toClassic(testKit.system());
    for (Class<? extends HealthCheck> check :
        List.of(StartupCheck.class, ReadinessCheck.class, LivenessCheck.class)) {
      HealthCheck made = check.getConstructor(ActorSystem.class).newInstance(classic);
      assertThat(made.get().toCompletableFuture()).isCompletedWithValue(true);
    }

    fails("one", "billing");
    assertThat(new ReadinessCheck(classic).get().toCompletableFuture()).isCompletedWithValue(false);
    assertThat(new LivenessCheck(classic).get().toCompletableFuture()).isCompletedWithValue(true);
  }
}
