// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.ClientOptions;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import io.github.pekkoeventhubs.tests.nodes.EventFeed;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.awaitility.Awaitility;

/**
 * The merged source under the worst that a user does with it: events of all partitions are
 * processed 64 at a time, out of order, with random delays and failures after which the stream is
 * restarted; and each second a stream begins on one of two nodes, or ends there, so that partitions
 * move. Once in four steps it is awaited that all have moved; the other steps do not ask how far
 * the one before has come.
 */
final class UnorderedHandOvers implements AutoCloseable {

  private static final int PARTITIONS = 8;
  private static final int LONGEST_DELAY = 15;

  /**
   * A failed event has 5 s to be acknowledged after all. Fewer events come in that time than up to
   * the next failure, so that there are times when all partitions run.
   */
  private static final int ATTEMPTS_PER_FAILURE = 6_000;

  private static final int FIRST_FAILURE = 500;
  private static final Duration TICK = Duration.ofMillis(50);
  private static final int EVENTS_OF_A_TICK = 4;
  private static final Duration STEP = Duration.ofSeconds(1);

  /** A step ends when each partition has got so many events more. */
  private static final long EVENTS_OF_A_STEP = EVENTS_OF_A_TICK * STEP.dividedBy(TICK);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String QUICK_MOVES =
      """
      pekko.eventhubs.cluster-sharding { minimum-hold = 100ms, balance-interval = 200ms }
      """;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode first = ClusterNode.first(QUICK_MOVES);
  private final ClusterNode second = ClusterNode.joining(first, QUICK_MOVES);
  private final ScheduledExecutorService work = Executors.newScheduledThreadPool(2);
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger repetitions = new AtomicInteger();
  private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

  /** By partition and sequence number: when the event was first done. */
  private final Map<String, Map<Long, Instant>> done = new ConcurrentHashMap<>();

  private Consumer.DrainingControl<Done> run(ClusterNode node, String name) {
    Consumer.RestartingControl restarting = Consumer.createRestartingControl();
    return RestartSource.onFailuresWithBackoff(
            RestartSettings.create(Duration.ofMillis(100), Duration.ofMillis(500), 0.2),
            () ->
                Consumer.committableSource(
                        services
                            .consumerSettings(node.system())
                            .withPartitionStore(store(name))
                            .withAcknowledgement(Acknowledgement.UNORDERED),
                        Subscriptions.clusterSharded())
                    .mapMaterializedValue(restarting::attach)
                    .mapAsyncUnordered(64, this::process))
        .toMat(
            Committer.<CommittableOffset>sink(
                CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(100))),
            (notUsed, completion) -> restarting.draining(completion))
        .run(node.system());
  }

  /** The name makes each write of this node known in the service's log. */
  private PartitionStore store(String name) {
    return BlobPartitionStore.create(
        new BlobServiceClientBuilder()
            .connectionString(services.blobs().connectionString())
            .clientOptions(new ClientOptions().setApplicationId(name))
            .httpClient(new JdkHttpClientBuilder().build())
            .buildAsyncClient()
            .getBlobContainerAsyncClient(EmbeddedServices.CONTAINER));
  }

  private CompletionStage<CommittableOffset> process(CommittableEvent event) {
    CompletableFuture<CommittableOffset> result = new CompletableFuture<>();
    work.schedule(
        () -> finish(event, result),
        ThreadLocalRandom.current().nextInt(LONGEST_DELAY),
        TimeUnit.MILLISECONDS);
    return result;
  }

  private void finish(CommittableEvent event, CompletableFuture<CommittableOffset> result) {
    if (attempts.incrementAndGet() % ATTEMPTS_PER_FAILURE == FIRST_FAILURE) {
      failures.incrementAndGet();
      result.completeExceptionally(new IllegalStateException("once in a while"));
      return;
    }
    Instant before =
        done.computeIfAbsent(event.partition().partitionId(), id -> new ConcurrentHashMap<>())
            .putIfAbsent(event.sequenceNumber(), Instant.now());
    if (before != null) {
      repetitions.incrementAndGet();
    }
    result.complete(event.committableOffset());
  }

  /** Lets streams begin and end for so long, and looks at what has become of the events. */
  void disturbFor(Duration duration) throws Exception {
    long events;
    Consumer.DrainingControl<Done> one = run(first, "first");
    Consumer.DrainingControl<Done> two = null;
    try (EventFeed feed = new EventFeed(services, EVENTS_OF_A_TICK, TICK)) {
      feed.upTo(Long.MAX_VALUE);
      Awaitility.await().atMost(PATIENCE).until(() -> done.size() == PARTITIONS);
      awaitAllRunning(one);
      long steps = duration.dividedBy(STEP);
      for (long step = 0; step < steps; step++) {
        // In turn: the second begins, the first ends, the first begins, the second ends.
        switch ((int) (step % 4)) {
          case 0 -> two = run(second, "second");
          case 1 -> stop(one);
          case 2 -> one = run(first, "first");
          default -> stop(Objects.requireNonNull(two));
        }
        long end = feed.producedPerPartition() + EVENTS_OF_A_STEP;
        Awaitility.await().atMost(PATIENCE).until(() -> feed.producedPerPartition() >= end);
        // The second node has everything in one round, the first one in the next.
        if (step % 8 == 1) {
          awaitAllRunning(Objects.requireNonNull(two));
        } else if (step % 8 == 7) {
          awaitAllRunning(one);
        }
      }
      feed.stop();
      events = feed.producedPerPartition();
    }
    Awaitility.await().atMost(PATIENCE).until(() -> isAllDone(events));
    Awaitility.await().atMost(PATIENCE).until(() -> isAllCommitted(events));
    stop(one);
    if (two != null) {
      stop(two);
    }
    assertThat(unexpected).isEmpty();
    assertThat(failures).hasPositiveValue();
    assertThatNothingUnfinishedWasCommitted();
    StoreHistory history = StoreHistory.of(services.blobs().writes());
    assertThat(history.regressions()).isEmpty();
    assertThat(history.staleCommits()).isEmpty();
    assertThat(history.claims().size())
        .as("claims: each partition has moved in every four steps")
        .isGreaterThan((int) (PARTITIONS * duration.dividedBy(STEP) / 4));
  }

  private static void awaitAllRunning(Consumer.Control control) {
    Awaitility.await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);
  }

  private boolean isAllDone(long events) {
    return done.values().stream().mapToLong(Map::size).sum() == events * PARTITIONS;
  }

  private boolean isAllCommitted(long events) {
    return services.checkpoints().values().stream().allMatch(last -> last == events - 1)
        && services.checkpoints().size() == PARTITIONS;
  }

  /** A drain in a backoff ends with a time-out, which is what is promised. */
  private void stop(Consumer.DrainingControl<Done> control) {
    control
        .drainAndShutdown()
        .whenComplete(
            (result, error) -> {
              if (error != null && !String.valueOf(error).contains("TimeoutException")) {
                unexpected.add(error);
              }
            });
  }

  /** Each checkpoint, at the time it was written, lay behind finished events only. */
  private void assertThatNothingUnfinishedWasCommitted() {
    List<String> violations = new ArrayList<>();
    Map<String, Long> checkedUpTo = new HashMap<>();
    for (BlobWrite write : services.blobs().writes()) {
      String number = write.metadata().get("sequencenumber");
      if (!write.blob().contains("/checkpoint/") || number == null) {
        continue;
      }
      String partition = write.blob().substring(write.blob().lastIndexOf('/') + 1);
      Map<Long, Instant> doneHere = done.getOrDefault(partition, Map.of());
      long committed = Long.parseLong(number);
      for (long event = checkedUpTo.getOrDefault(partition, -1L) + 1; event <= committed; event++) {
        Instant doneAt = doneHere.get(event);
        if (doneAt == null || doneAt.isAfter(write.time())) {
          violations.add(partition + "/" + event + " was committed at " + write.time());
        }
      }
      checkedUpTo.merge(partition, committed, Math::max);
    }
    assertThat(violations).isEmpty();
    assertThat(checkedUpTo).hasSize(PARTITIONS);
  }

  @Override
  public void close() {
    second.close();
    first.close();
    work.shutdownNow();
    services.close();
  }

  @Override
  public String toString() {
    return failures + " failures, " + repetitions + " events repeated";
  }
}
