// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubBufferedProducerAsyncClient;
import com.azure.messaging.eventhubs.EventHubBufferedProducerClientBuilder;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import com.azure.messaging.eventhubs.models.SendBatchSucceededContext;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Interleaving;
import io.github.pekkoeventhubs.benchmarks.Rounds;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import io.github.pekkoeventhubs.javadsl.Producer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Sending events with partition keys: as many keys as there are customers or devices, against one
 * key for each partition, and against the official producer that places keys itself. Each sends
 * through a client that is connected already.
 *
 * <p>The keys are compared where all else is equal: with one key for each partition the events go
 * to the partitions in the same order as with many keys. Events that go to the partitions strictly
 * in turn are sent faster, whatever their keys; that is a figure of its own.
 */
public final class KeysScenario implements Scenario {

  private static final int PARTITIONS = 4;
  private static final int MANY_KEYS = 10_000;
  private static final int BODY_BYTES = 100;
  private static final int KEPT = 1000;
  private static final int TRIALS_AT_ONCE = 64;

  /** The share of it that many keys have to reach. */
  private static final double RATE_OF_FEW_KEYS = 0.9;

  private static final long PATIENCE_SECONDS = 120;
  private static final long LOOK_AGAIN_NANOS = 200_000;

  private final String latency;
  private final int delayMillis;
  private final int events;

  /**
   * @param latency for the name
   * @param delayMillis how much later the service stores and acknowledges
   * @param events enough for about half a second
   */
  public KeysScenario(String latency, int delayMillis, int events) {
    this.latency = latency;
    this.delayMillis = delayMillis;
    this.events = events;
  }

  private interface KeySender {
    void send(int events) throws Exception;
  }

  private record Official(EventHubBufferedProducerAsyncClient client, AtomicLong acknowledged) {}

  private record Contender(String name, KeySender sender) {}

  /** The senders that are measured in turn. */
  private record Contenders(Contender many, Contender few, Contender inTurn, Contender buffered) {

    List<Contender> all() {
      return List.of(many, few, inTurn, buffered);
    }
  }

  @Override
  public String name() {
    return "produce.keys." + latency;
  }

  @Override
  public String description() {
    return "sends events with "
        + MANY_KEYS
        + " partition keys to "
        + PARTITIONS
        + " partitions, "
        + delayMillis
        + " ms away";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    String eventHub = "keys-" + latency;
    services.createEventHub(eventHub, PARTITIONS);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    AtomicLong acknowledged = new AtomicLong();
    try (EventHubBufferedProducerAsyncClient official =
            new EventHubBufferedProducerClientBuilder()
                .connectionString(services.eventHubs(), eventHub)
                .maxEventBufferLengthPerPartition(environment.scaled(events))
                .onSendBatchSucceeded(sent -> acknowledged.addAndGet(eventsOf(sent)))
                .onSendBatchFailed(failed -> failure.set(failed.getThrowable()))
                .buildAsyncClient();
        EventHubProducerAsyncClient client =
            new EventHubClientBuilder()
                .connectionString(services.eventHubs(), eventHub)
                .buildAsyncProducerClient()) {
      List<Figure> figures =
          measure(environment, eventHub, new Official(official, acknowledged), client);
      if (failure.get() != null) {
        throw new IncorrectResultException("the official producer has failed: " + failure.get());
      }
      return figures;
    } finally {
      services.delaySends(0);
      services.deleteEventHub(eventHub);
    }
  }

  private List<Figure> measure(
      Environment environment,
      String eventHub,
      Official official,
      EventHubProducerAsyncClient client)
      throws Exception {
    ProducerSettings settings = ProducerSettings.create(environment.system()).withClient(client);
    List<String> keys = keys(MANY_KEYS);
    List<Route> many = routes(keys);
    Map<String, String> partitions =
        partitionsOf(keys, client, environment.services().eventHubs(), eventHub);
    Map<String, String> keyOfEach = new TreeMap<>();
    partitions.forEach((key, partition) -> keyOfEach.putIfAbsent(partition, key));
    List<Route> few =
        routes(
            keys.stream()
                .map(key -> Objects.requireNonNull(keyOfEach.get(partitions.get(key))))
                .toList());
    List<Route> inTurn = routes(List.copyOf(keyOfEach.values()));
    Contender manyKeys =
        new Contender("many-keys", count -> send(environment, settings, many, count));
    Contender fewKeys =
        new Contender("key-per-partition", count -> send(environment, settings, few, count));
    Contender fewInTurn =
        new Contender(
            "key-per-partition-in-turn", count -> send(environment, settings, inTurn, count));
    Contender buffered =
        new Contender("buffered-client", count -> sendOfficially(official, keys, count));
    environment.services().retain(eventHub, KEPT);
    environment.services().delaySends(delayMillis);
    return figures(environment, eventHub, new Contenders(manyKeys, fewKeys, fewInTurn, buffered));
  }

  private List<Figure> figures(Environment environment, String eventHub, Contenders contenders)
      throws Exception {
    Map<Contender, List<Double>> processorTimes = new HashMap<>();
    Rounds<Contender> rates =
        Interleaving.measure(
            contenders.all(),
            Contender::name,
            environment.warmUps(),
            environment.rounds(),
            contender -> {
              int count = environment.scaled(events);
              ProcessorTime begin = ProcessorTime.now();
              double rate = eventsPerSecond(environment.services(), eventHub, count, contender);
              processorTimes
                  .computeIfAbsent(contender, first -> new ArrayList<>())
                  .add((double) begin.nanosSinceThen() / count);
              return rate;
            });
    List<Figure> figures = new ArrayList<>();
    rates.forEach(
        (contender, values) ->
            figures.add(
                Figure.of(
                    name() + ".rate." + contender.name(),
                    Sample.of(values),
                    "events/s",
                    Goal.none())));
    double[] many = rates.of(contenders.many());
    figures.add(
        ratio(
            "vs-key-per-partition",
            many,
            rates.of(contenders.few()),
            Goal.atLeast(RATE_OF_FEW_KEYS)));
    figures.add(
        ratio("vs-key-per-partition-in-turn", many, rates.of(contenders.inTurn()), Goal.none()));
    figures.add(
        ratio("vs-buffered-client", many, rates.of(contenders.buffered()), Goal.atLeast(1.0)));
    figures.add(
        ratio(
            "processor-time.vs-key-per-partition",
            measured(processorTimes, contenders.many(), environment.warmUps()),
            measured(processorTimes, contenders.few(), environment.warmUps()),
            Goal.atMost(1 / RATE_OF_FEW_KEYS)));
    return figures;
  }

  private Figure ratio(String figure, double[] ours, double[] theirs, Goal goal) {
    return Figure.ratio(name() + "." + figure, ours, theirs, goal);
  }

  /** Without those of the rounds that do not count. */
  private static double[] measured(
      Map<Contender, List<Double>> times, Contender contender, int warmUps) {
    return Objects.requireNonNull(times.get(contender)).stream()
        .skip(warmUps)
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** All of the same length, so that events of few keys are not smaller than those of many. */
  private static List<String> keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.format(Locale.ROOT, "customer-%05d", i))
        .toList();
  }

  private static List<Route> routes(List<String> keys) {
    return keys.stream().map(Route::partitionKey).toList();
  }

  /**
   * Found by trial: the service says which partition an event is in, and the event which key it
   * has.
   */
  private static Map<String, String> partitionsOf(
      List<String> keys,
      EventHubProducerAsyncClient client,
      String connectionString,
      String eventHub) {
    Flux.fromIterable(keys)
        .flatMap(
            key ->
                client.send(
                    List.of(new EventData("trial")), new SendOptions().setPartitionKey(key)),
            TRIALS_AT_ONCE)
        .blockLast(Duration.ofSeconds(PATIENCE_SECONDS));
    Map<String, String> partitions = new TreeMap<>();
    try (EventHubConsumerAsyncClient consumer =
        new EventHubClientBuilder()
            .connectionString(connectionString, eventHub)
            .consumerGroup(EventHubClientBuilder.DEFAULT_CONSUMER_GROUP_NAME)
            .buildAsyncConsumerClient()) {
      consumer
          .receive(true, new ReceiveOptions())
          .take(keys.size())
          .doOnNext(
              event ->
                  partitions.put(
                      event.getData().getPartitionKey(),
                      event.getPartitionContext().getPartitionId()))
          .blockLast(Duration.ofSeconds(PATIENCE_SECONDS));
    }
    if (partitions.size() != keys.size()) {
      throw new IncorrectResultException(
          keys.size() + " keys were sent, and " + partitions.size() + " came back");
    }
    return partitions;
  }

  private static void send(
      Environment environment, ProducerSettings settings, List<Route> routes, int events)
      throws Exception {
    byte[] body = new byte[BODY_BYTES];
    Source.range(0, events - 1)
        .map(i -> new Routed(new EventData(body), routes.get(i % routes.size())))
        .runWith(Producer.routedSink(settings), environment.system())
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static long eventsOf(SendBatchSucceededContext sent) {
    return StreamSupport.stream(sent.getEvents().spliterator(), false).count();
  }

  /** A flush of the official producer may end with the first of several batches. */
  private static void sendOfficially(Official official, List<String> keys, int events) {
    byte[] body = new byte[BODY_BYTES];
    EventHubBufferedProducerAsyncClient client = official.client();
    long target = official.acknowledged().get() + events;
    Flux.range(0, events)
        .concatMap(
            i ->
                client.enqueueEvent(
                    new EventData(body),
                    new SendOptions().setPartitionKey(keys.get(i % keys.size()))))
        .then()
        .block(Duration.ofSeconds(PATIENCE_SECONDS));
    while (official.acknowledged().get() < target) {
      client.flush().block(Duration.ofSeconds(PATIENCE_SECONDS));
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private static double eventsPerSecond(
      ServicesProcess services, String eventHub, int events, Contender contender) throws Exception {
    long before = services.events(eventHub);
    long begin = System.nanoTime();
    contender.sender().send(events);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long stored = services.events(eventHub) - before;
    if (stored != events) {
      throw new IncorrectResultException(
          contender.name() + " has sent " + events + " events, and " + stored + " were stored");
    }
    return events / seconds;
  }
}
