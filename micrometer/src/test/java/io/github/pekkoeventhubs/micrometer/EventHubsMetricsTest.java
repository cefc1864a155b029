// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.StreamsHealth;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.NamedEventHub;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import io.github.pekkoeventhubs.threads.SystemEnd;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The meters of real streams, on the embedded services. */
class EventHubsMetricsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final String PARTITION = "messaging.destination.partition.id";

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create()
          .withEventHub("orders", 2)
          .withConsumerGroup("billing")
          .withEventHub("parcels", 1)
          .withConsumerGroup("billing");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<EventHubsMetrics> bound = new ArrayList<>();

  @AfterEach
  void close() {
    bound.forEach(EventHubsMetrics::close);
  }

  private static ConsumerSettings settings(TestEventHub orders) {
    return orders
        .consumerSettings()
        .withStallCheck(Duration.ofMillis(200))
        .withPartitionRefreshInterval(Duration.ofMillis(300))
        .withBalanced(
            new BalancedSettings(
                Duration.ofMillis(400),
                Duration.ofMillis(100),
                Duration.ofSeconds(9),
                Duration.ofSeconds(1)));
  }

  private static Consumer.DrainingControl<Done> run(
      TestEventHub orders, ActorSystem<?> system, CompletionStage<Done> mayFinish) {
    return Consumer.committableSource(settings(orders), Subscriptions.balanced())
        .mapAsync(1, event -> mayFinish.thenApply(done -> event))
        .map(CommittableEvent::committableOffset)
        .toMat(
            Committer.sink(orders.committerSettings().withMaxInterval(Duration.ofMillis(100))),
            Consumer::createDrainingControl)
        .run(system);
  }

  private static Consumer.DrainingControl<Done> run(TestEventHub orders, ActorSystem<?> system) {
    return run(orders, system, CompletableFuture.completedFuture(Done.getInstance()));
  }

  private static void end(Consumer.DrainingControl<Done> control) {
    assertThat(control.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
  }

  private static double gauge(MeterRegistry registry, String name, String... tags) {
    var found = Search.in(registry).name(name).tags(tags).gauge();
    return found == null ? Double.NaN : found.value();
  }

  private static double counted(MeterRegistry registry, String name, String... tags) {
    return Search.in(registry).name(name).tags(tags).functionCounters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private double requests(String operation, String answer) {
    return counted(
        registry, "pekko.eventhubs.store.requests", "operation", operation, "answer", answer);
  }

  /** The partitions that have a series of any name. */
  private static Set<String> partitions(MeterRegistry registry) {
    return registry.getMeters().stream()
        .flatMap(meter -> meter.getId().getTags().stream())
        .filter(tag -> tag.getKey().equals(PARTITION) && !tag.getValue().isEmpty())
        .map(Tag::getValue)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void nothingOfAClosedOneStaysWithTheActorSystem(ActorSystem<?> system) {
    int before = SystemEnd.of(system).count();

    EventHubsMetrics.bind(registry, system, INTERVAL).close();

    assertThat(SystemEnd.of(system).count()).isEqualTo(before);
  }

  @Test
  void oneLineMeasuresEverythingOfAnActorSystem(TestEventHub orders, ActorSystem<?> system) {
    bound.add(EventHubsMetrics.bind(registry, system, INTERVAL));
    Consumer.DrainingControl<Done> control = run(orders, system);
    CompletionStage<Done> sent =
        Source.range(1, 20)
            .map(number -> new EventData("event " + number))
            .runWith(Producer.plainSink(orders.producerSettings()), system);
    eventually(
        () -> {
          assertThat(counted(registry, "messaging.client.consumed.messages")).isEqualTo(20);
          assertThat(counted(registry, "pekko.eventhubs.checkpoint.writes")).isPositive();
          assertThat(gauge(registry, "pekko.eventhubs.consumer.started")).isEqualTo(1);
          assertThat(gauge(registry, "pekko.eventhubs.consumer.partitions")).isEqualTo(2);
          assertThat(gauge(registry, "pekko.eventhubs.consumer.hub.partitions")).isEqualTo(2);
          for (String partition : List.of("0", "1")) {
            assertThat(
                    gauge(
                        registry,
                        "pekko.eventhubs.partition.lag",
                        "position",
                        "committed",
                        PARTITION,
                        partition,
                        "server.address",
                        "localhost",
                        "messaging.destination.name",
                        orders.name(),
                        "messaging.consumer.group.name",
                        orders.consumerGroup()))
                .isZero();
            assertThat(gauge(registry, "messaging.eventhubs.consumer.lag", PARTITION, partition))
                .isZero();
          }
        });
    assertThat(sent.toCompletableFuture()).succeedsWithin(PATIENCE);
    end(control);
    eventually(() -> assertThat(registry.getMeters()).as("all have ended").isEmpty());
  }

  @Test
  void aProducerIsMeasuredWhileItRuns(TestEventHub orders, ActorSystem<?> system) {
    bound.add(EventHubsMetrics.bind(registry, system, INTERVAL));
    CompletableFuture<EventData> last = new CompletableFuture<>();
    CompletionStage<Done> sent =
        Source.range(1, 20)
            .map(number -> new EventData("event " + number))
            .concat(Source.completionStage(last))
            .runWith(Producer.plainSink(orders.producerSettings()), system);
    eventually(
        () -> {
          assertThat(counted(registry, "messaging.client.published.messages")).isEqualTo(20);
          assertThat(counted(registry, "pekko.eventhubs.producer.batches")).isPositive();
          assertThat(counted(registry, "pekko.eventhubs.producer.sent")).isGreaterThan(140);
        });
    last.complete(new EventData("last"));
    assertThat(sent.toCompletableFuture()).succeedsWithin(PATIENCE);
  }

  @Test
  void theLagGrowsInEventsAndInTimeWhileTheStreamIsSlow(
      TestEventHub orders, ActorSystem<?> system) {
    CompletableFuture<Done> mayFinish = new CompletableFuture<>();
    bound.add(EventHubsMetrics.bind(registry, system, INTERVAL));
    try {
      Consumer.DrainingControl<Done> control = run(orders, system, mayFinish);
      String[] first = IntStream.range(0, 50).mapToObj(String::valueOf).toArray(String[]::new);
      orders.send("0", first);
      eventually(() -> assertThat(lag("committed")).isEqualTo(50));
      eventually(() -> assertThat(lag("emitted")).isBetween(1.0, 50.0));
      double before = timeLag();
      orders.send("0", "one more");
      eventually(() -> assertThat(lag("committed")).isEqualTo(51));
      eventually(() -> assertThat(timeLag()).isGreaterThan(Math.max(0, before)));
      eventually(
          () ->
              assertThat(
                      gauge(
                          registry, "pekko.eventhubs.partition.unacknowledged.age", PARTITION, "0"))
                  .isPositive());

      mayFinish.complete(Done.getInstance());
      eventually(() -> assertThat(lag("committed")).isZero());
      eventually(() -> assertThat(timeLag()).isZero());
      end(control);
    } finally {
      mayFinish.complete(Done.getInstance());
    }
  }

  private double lag(String position) {
    return gauge(registry, "pekko.eventhubs.partition.lag", "position", position, PARTITION, "0");
  }

  private double timeLag() {
    return gauge(registry, "messaging.eventhubs.consumer.lag", PARTITION, "0");
  }

  @Test
  void aPartitionThatMovesToAnotherNodeLeavesNoSeriesBehind(
      TestEventHub orders, ActorSystem<?> system) {
    ActorTestKit second = ActorTestKit.create();
    PrometheusMeterRegistry there = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    bound.add(EventHubsMetrics.bind(registry, system, INTERVAL));
    bound.add(EventHubsMetrics.bind(there, second.system(), INTERVAL));
    try {
      Consumer.DrainingControl<Done> one = run(orders, system);
      eventually(() -> assertThat(partitions(registry)).containsExactly("0", "1"));

      Consumer.DrainingControl<Done> two = run(orders, second.system());
      eventually(
          () -> {
            assertThat(partitions(registry)).hasSize(1);
            assertThat(partitions(there)).hasSize(1);
            assertThat(partitions(registry)).doesNotContainAnyElementsOf(partitions(there));
          });
      String moved = partitions(there).iterator().next();
      // The series of a partition come one after the other.
      eventually(
          () ->
              assertThat(there.scrape())
                  .contains("messaging_client_consumed_messages_total{")
                  .contains("pekko_eventhubs_partition_lag_events{")
                  .contains("messaging_destination_partition_id=\"" + moved + "\"")
                  .contains("messaging_client_operation_duration_seconds_count{"));
      assertThat(counted(registry, "pekko.eventhubs.consumer.assigned")).isEqualTo(2);
      eventually(
          () ->
              assertThat(registry.get("pekko.eventhubs.consumer.hand.over").timer().count())
                  .isEqualTo(1));
      assertThat(moved)
          .as("buckets of a partition that has gone are gone, too")
          .isNotIn(partitions(registry));

      end(two);
      eventually(() -> assertThat(partitions(there)).isEmpty());
      assertThat(there.scrape()).doesNotContain("partition_id=\"" + moved + "\"");
      eventually(() -> assertThat(partitions(registry)).containsExactly("0", "1"));
      end(one);
    } finally {
      second.shutdownTestKit();
    }
  }

  @Test
  void aStreamForWhichNoPartitionIsLeftHasStartedAllTheSame(
      @NamedEventHub("parcels") TestEventHub parcels, ActorSystem<?> system) {
    ActorTestKit second = ActorTestKit.create();
    bound.add(EventHubsMetrics.bind(registry, second.system(), INTERVAL));
    try {
      Consumer.DrainingControl<Done> one = run(parcels, system);
      eventually(
          () -> assertThat(StreamsHealth.of(system).started().isYes()).as("reads it").isTrue());
      Consumer.DrainingControl<Done> two = run(parcels, second.system());
      eventually(
          () -> {
            assertThat(gauge(registry, "pekko.eventhubs.consumer.started")).isEqualTo(1);
            assertThat(gauge(registry, "pekko.eventhubs.consumer.partitions")).isZero();
          });
      end(two);
      end(one);
    } finally {
      second.shutdownTestKit();
    }
  }

  @Test
  void aStoreThatFailsShowsInTheCheckpointsAndInItsHealth(
      TestEventHub orders, ActorSystem<?> system) {
    bound.add(EventHubsMetrics.bind(registry, system, INTERVAL));
    Consumer.DrainingControl<Done> control = run(orders, system);
    eventually(
        () -> assertThat(gauge(registry, "pekko.eventhubs.consumer.partitions")).isEqualTo(2));
    assertThat(gauge(registry, "pekko.eventhubs.store.health", "health", "answering")).isEqualTo(1);

    orders.blobFaults().always().answer(500, "InternalError");
    orders.send("0", "an event");
    eventually(
        () -> {
          assertThat(counted(registry, "pekko.eventhubs.checkpoint.failures", PARTITION, "0"))
              .isPositive();
          assertThat(gauge(registry, "pekko.eventhubs.partition.failing", PARTITION, "0"))
              .isEqualTo(1);
          assertThat(gauge(registry, "pekko.eventhubs.store.health", "health", "silent"))
              .isEqualTo(1);
        });

    double answeredBefore = requests("write_checkpoint", "answered");
    // The test's client repeats its requests until the store gives them up.
    eventually(() -> assertThat(requests("write_checkpoint", "timed_out")).isPositive());
    orders.blobFaults().clear();
    eventually(
        () -> {
          assertThat(requests("write_checkpoint", "answered")).isGreaterThan(answeredBefore);
          assertThat(gauge(registry, "pekko.eventhubs.store.health", "health", "answering"))
              .isEqualTo(1);
          assertThat(gauge(registry, "pekko.eventhubs.partition.failing", PARTITION, "0")).isZero();
          assertThat(counted(registry, "pekko.eventhubs.checkpoint.writes", PARTITION, "0"))
              .isPositive();
        });
    end(control);
  }

  @Test
  void aStreamThatHasFailedIsSeenUntilAnotherFollows(TestEventHub orders, ActorSystem<?> system) {
    bound.add(EventHubsMetrics.bind(registry, system, INTERVAL));
    Consumer.DrainingControl<Done> failing =
        run(orders, system, CompletableFuture.failedFuture(new IllegalStateException("broken")));
    orders.send("0", "an event");
    assertThat(failing.streamCompletion().toCompletableFuture()).failsWithin(PATIENCE);
    eventually(() -> assertThat(gauge(registry, "pekko.eventhubs.consumer.failed")).isEqualTo(1));

    Consumer.DrainingControl<Done> next = run(orders, system);
    eventually(
        () ->
            assertThat(Search.in(registry).name("pekko.eventhubs.consumer.failed").meters())
                .isEmpty());
    end(next);
  }

  @Test
  void aControlIsMeasuredUntilItHasShutDown(TestEventHub orders, ActorSystem<?> system) {
    Consumer.DrainingControl<Done> control = run(orders, system);
    EventHubsMetrics metrics = EventHubsMetrics.bind(registry, control);
    eventually(
        () -> {
          metrics.refresh();
          assertThat(partitions(registry)).containsExactly("0", "1");
        });
    orders.send("0", "an event");
    eventually(
        () -> assertThat(counted(registry, "messaging.client.consumed.messages")).isEqualTo(1));

    end(control);
    eventually(() -> assertThat(registry.getMeters()).isEmpty());
  }

  /** It fails at each event "poison" once, and is restarted. */
  private static Consumer.DrainingControl<Done> runRestarting(
      TestEventHub orders, ActorSystem<?> system, AtomicBoolean poisoned) {
    Consumer.RestartingControl restarting = Consumer.createRestartingControl();
    return RestartSource.onFailuresWithBackoff(
            RestartSettings.create(Duration.ofMillis(100), Duration.ofMillis(200), 0),
            () ->
                Consumer.committableSource(settings(orders), Subscriptions.partitions("0"))
                    .mapMaterializedValue(restarting::attach)
                    .map(
                        event -> {
                          if (event.event().getBodyAsString().equals("poison")
                              && !poisoned.getAndSet(true)) {
                            throw new IllegalStateException("broken");
                          }
                          return event.committableOffset();
                        })
                    .via(
                        Committer.flow(
                            orders.committerSettings().withMaxInterval(Duration.ofMillis(50)))))
        .toMat(Sink.ignore(), (notUsed, done) -> restarting.draining(done))
        .run(system);
  }

  @Test
  void eachIncarnationOfARestartedStreamIsCounted(TestEventHub orders, ActorSystem<?> system) {
    AtomicBoolean poisoned = new AtomicBoolean();
    Consumer.DrainingControl<Done> control = runRestarting(orders, system, poisoned);
    EventHubsMetrics metrics = EventHubsMetrics.bind(registry, control);
    bound.add(metrics);
    String[] many = Collections.nCopies(200, "an event").toArray(String[]::new);
    orders.send("0", many);
    eventually(
        () -> {
          metrics.refresh();
          assertThat(counted(registry, "messaging.client.consumed.messages")).isEqualTo(200);
        });
    orders.partition("0").awaitCheckpoint(199);

    orders.send("0", "poison");
    await().atMost(PATIENCE).untilTrue(poisoned);
    orders.partition("0").awaitCheckpoint(200);
    orders.send("0", many);
    orders.partition("0").awaitCheckpoint(400);
    metrics.refresh();

    assertThat(counted(registry, "messaging.client.consumed.messages"))
        .as("the poison counts twice if a look came between the failure and the restart")
        .isBetween(401.0, 402.0);
    end(control);
  }

  @Test
  void badArgumentsAreRefusedByName(ActorSystem<?> system) {
    assertThatThrownBy(() -> EventHubsMetrics.bind(registry, system, Duration.ofMillis(99)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("interval = PT0.099S is too short");
    assertThatThrownBy(() -> EventHubsMetrics.bind(nothing(), system))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("registry");
    assertThatThrownBy(() -> EventHubsMetrics.bind(registry, (ActorSystem<?>) nothing()))
        .hasMessage("system");
    assertThatThrownBy(() -> EventHubsMetrics.bind(registry, (Consumer.Control) nothing()))
        .hasMessage("control");
    assertThat(registry.getMeters()).isEmpty();
  }

  /** As a caller without null checks has it. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }
}
