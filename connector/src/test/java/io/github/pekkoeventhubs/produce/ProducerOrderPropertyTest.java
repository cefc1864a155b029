// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Whatever order sends end in, and however many of them fail or lose their acknowledgement: the
 * service sees the events of an ordered route in their order, and results come in that of the
 * envelopes.
 */
class ProducerOrderPropertyTest {

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private static final List<Route> ROUTES =
      List.of(
          Route.partitionKey("a"),
          Route.partitionKey("b"),
          Route.partitionId("0"),
          Route.roundRobin());

  @AfterContainer
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @Property(tries = 30)
  void orderIsKeptWithSeveralBatchesInFlight(
      @ForAll @Size(max = 60) List<@Size(max = 4) List<@IntRange(max = 3) Integer>> envelopes,
      @ForAll @IntRange(min = 1, max = 4) int maxBatchEvents,
      @ForAll @IntRange(min = 1, max = 6) int parallelism,
      @ForAll Random random)
      throws Exception {
    UnreliableService service = new UnreliableService(random);
    Map<Route, List<String>> expected = new HashMap<>();
    List<Envelope<Integer>> input = new ArrayList<>();
    for (int i = 0; i < envelopes.size(); i++) {
      List<Routed> events = new ArrayList<>();
      for (int route : envelopes.get(i)) {
        String body = i + "." + events.size();
        events.add(new Routed(new EventData(body), ROUTES.get(route)));
        expected.computeIfAbsent(ROUTES.get(route), any -> new ArrayList<>()).add(body);
      }
      input.add(ProducerMessage.multi(events, i));
    }

    List<Integer> results =
        Source.from(input)
            .via(
                ProducerStage.ofEnvelopes(
                    settings(maxBatchEvents, parallelism), system -> service, System::nanoTime))
            .map(ProducerMessage.Results::passThrough)
            .runWith(Sink.seq(), kit.system())
            .toCompletableFuture()
            .get(20, SECONDS);

    assertThat(results).isEqualTo(input.stream().map(Envelope::passThrough).toList());
    expected.forEach(
        (route, events) -> {
          if (route.ordered()) {
            assertThat(service.firstArrivals(route)).isEqualTo(events);
          } else {
            assertThat(service.firstArrivals(route)).containsExactlyInAnyOrderElementsOf(events);
          }
        });
  }

  private static ProducerSettings settings(int maxBatchEvents, int parallelism) {
    return ProducerSettings.create(kit.system())
        .withMaxBatchEvents(maxBatchEvents)
        .withParallelism(parallelism)
        .withMaxWait(Duration.ZERO)
        .withMaxRetries(100)
        .withRetryBackoff(Duration.ofNanos(1), Duration.ofMillis(1));
  }

  /** Answers after a while, and sometimes refuses a batch or loses the acknowledgement. */
  private static final class UnreliableService implements EventSender {

    private final Random random;
    private final Map<Route, List<String>> arrived = new ConcurrentHashMap<>();

    private UnreliableService(Random random) {
      this.random = random;
    }

    private synchronized int chance(int bound) {
      return random.nextInt(bound);
    }

    private synchronized void arrive(List<Routed> events) {
      for (Routed event : events) {
        arrived
            .computeIfAbsent(event.route(), any -> new ArrayList<>())
            .add(event.event().getBodyAsString());
      }
    }

    private synchronized List<String> firstArrivals(Route route) {
      return new ArrayList<>(new LinkedHashSet<>(arrived.getOrDefault(route, List.of())));
    }

    @Override
    public String target() {
      return "event hub 'fake' in the namespace of this test";
    }

    @Override
    public CompletionStage<List<String>> partitionIds() {
      return CompletableFuture.completedFuture(List.of("0", "1"));
    }

    @Override
    public CompletionStage<EventBatch> openBatch(Destination destination) {
      return CompletableFuture.completedFuture(new Batch());
    }

    @Override
    public void close() {}

    private final class Batch implements EventBatch {

      private final List<Routed> events = new ArrayList<>();

      @Override
      public boolean tryAdd(Routed event) {
        return events.add(event);
      }

      @Override
      public long limit() {
        return Long.MAX_VALUE;
      }

      @Override
      public CompletionStage<?> send() {
        int outcome = chance(10);
        Executor later = CompletableFuture.delayedExecutor(chance(2000), TimeUnit.MICROSECONDS);
        return CompletableFuture.runAsync(
            () -> {
              if (outcome > 0) {
                arrive(events);
              }
              if (outcome < 2) {
                throw new AmqpException(
                    true, AmqpErrorCondition.SERVER_BUSY_ERROR, "refused or lost", null);
              }
            },
            later);
      }
    }
  }
}
