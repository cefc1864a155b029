// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.SettableClock;
import io.github.pekkoeventhubs.tests.ClusterNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first claim of a partition creates its checkpoint, from which the official Java clients go on
 * with the same event as our own stream, whatever kind of position was asked for, and whether the
 * partition has events, had some, or never had any.
 */
class PositionAtClaimTest {

  private static final String EVENT_HUB = "orders";
  private static final String CONTAINER = "checkpoints";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int EVENTS = 10;
  private static final int FIRST_KEPT = 4;

  private static final String NEVER_FILLED = "0";
  private static final String FILLED = "1";
  private static final String TRIMMED = "2";
  private static final String EMPTIED = "3";

  /** Event {@code n} is enqueued {@code n} seconds later. */
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  /**
   * @param position of a service whose events have these offsets
   * @param firstEvent the number of the event to begin with, if it is still there
   */
  private record Asked(String name, Function<String[], EventPosition> position, long firstEvent) {

    @Override
    public String toString() {
      return name;
    }
  }

  private enum Offsets {
    NUMERIC,
    GEO_REPLICATED
  }

  private static final BlobEmulator BLOBS = BlobEmulator.builder().container(CONTAINER).start();

  private static @Nullable ClusterNode node;

  @BeforeAll
  static void start() {
    node = ClusterNode.first();
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(node).close();
    BLOBS.close();
  }

  private static Stream<Arguments> positions() {
    return Stream.of(
            new Asked("earliest", offsets -> EventPosition.earliest(), 0),
            new Asked("latest", offsets -> EventPosition.latest(), EVENTS),
            new Asked("from number 3", offsets -> EventPosition.fromSequenceNumber(3, true), 3),
            new Asked("after number 3", offsets -> EventPosition.fromSequenceNumber(3, false), 4),
            new Asked("from number 6", offsets -> EventPosition.fromSequenceNumber(6, true), 6),
            new Asked("after number 6", offsets -> EventPosition.fromSequenceNumber(6, false), 7),
            new Asked("after the last", offsets -> EventPosition.fromSequenceNumber(9, false), 10),
            new Asked(
                "after offset of 2", offsets -> EventPosition.fromOffsetString(offsets[2]), 3),
            new Asked(
                "after offset of 6", offsets -> EventPosition.fromOffsetString(offsets[6]), 7),
            new Asked(
                "after offset of 9", offsets -> EventPosition.fromOffsetString(offsets[9]), 10),
            new Asked("after the time of 2", offsets -> enqueuedAfter(2000), 3),
            new Asked("between the times of 6 and 7", offsets -> enqueuedAfter(6500), 7),
            new Asked("after all times", offsets -> enqueuedAfter(60_000), 10))
        .flatMap(asked -> Stream.of(Offsets.values()).map(offsets -> Arguments.of(asked, offsets)));
  }

  private static EventPosition enqueuedAfter(long milliseconds) {
    return EventPosition.fromEnqueuedTime(START.plusMillis(milliseconds));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("positions")
  void theCheckpointOfTheClaimBeginsWithTheSameEventEverywhere(Asked asked, Offsets kind)
      throws Exception {
    String group = group(asked, kind);
    SettableClock clock = SettableClock.startingAt(START);
    try (EventHubsEmulator hub = hub(kind, group, clock)) {
      String[] offsets = fill(hub, clock);
      Map<String, Long> firstRead = new ConcurrentHashMap<>();
      Consumer.Control control = read(hub, group, asked.position().apply(offsets), firstRead);
      // Looking for the position takes receivers too: their number alone says nothing.
      await()
          .atMost(PATIENCE)
          .until(() -> officialCheckpoints(group).size() == 4 && hub.receivers().size() == 4);

      Map<String, Checkpoint> checkpoints = officialCheckpoints(group);
      assertThat(checkpoints).containsOnlyKeys(NEVER_FILLED, FILLED, TRIMMED, EMPTIED);
      assertThat(checkpoints.values())
          .allSatisfy(
              checkpoint -> {
                assertThat(checkpoint.getSequenceNumber()).isNotNull();
                assertThat(checkpoint.getOffsetString()).isNotEmpty();
              });

      for (String partition : checkpoints.keySet()) {
        hub.send(EVENT_HUB, partition, new EventData("one more"));
      }
      Map<String, Long> expected =
          Map.of(
              NEVER_FILLED,
              0L,
              FILLED,
              asked.firstEvent(),
              TRIMMED,
              Math.max(asked.firstEvent(), FIRST_KEPT),
              EMPTIED,
              (long) EVENTS);
      await().atMost(PATIENCE).until(() -> firstRead.size() == 4);
      assertThat(firstRead).isEqualTo(expected);
      assertThat(firstOfficiallyRead(hub, checkpoints)).isEqualTo(expected);
      checkpoints.forEach(
          (partition, checkpoint) ->
              assertThat(checkpoint.getSequenceNumber())
                  .as("the sequence number of partition %s", partition)
                  .isEqualTo(Objects.requireNonNull(expected.get(partition)) - 1));
      control.shutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static String group(Asked asked, Offsets kind) {
    return (asked.name() + "-" + kind.name().substring(0, 3)).replace(' ', '-');
  }

  private static EventHubsEmulator hub(Offsets kind, String group, SettableClock clock) {
    EventHubsEmulator.Builder builder =
        EventHubsEmulator.builder().eventHub(EVENT_HUB, 4).consumerGroup(group).clock(clock);
    return (kind == Offsets.GEO_REPLICATED ? builder.geoReplicatedOffsets() : builder).start();
  }

  /** Answers the events' offsets. */
  private static String[] fill(EventHubsEmulator hub, SettableClock clock) {
    for (int event = 0; event < EVENTS; event++) {
      clock.set(START.plusSeconds(event));
      for (String partition : new String[] {FILLED, TRIMMED, EMPTIED}) {
        hub.send(EVENT_HUB, partition, new EventData("event " + event));
      }
    }
    clock.set(START.plusSeconds(100));
    String[] offsets =
        hub.events(EVENT_HUB, FILLED).stream().map(event -> event.offset()).toArray(String[]::new);
    hub.removeEventsBefore(EVENT_HUB, TRIMMED, FIRST_KEPT);
    hub.removeEventsBefore(EVENT_HUB, EMPTIED, EVENTS);
    return offsets;
  }

  private static Consumer.Control read(
      EventHubsEmulator hub, String group, EventPosition position, Map<String, Long> firstRead) {
    ClusterNode running = Objects.requireNonNull(node);
    ConsumerSettings settings =
        ConsumerSettings.create(running.system())
            .withConnectionString(hub.connectionString())
            .withEventHubName(EVENT_HUB)
            .withConsumerGroup(group)
            .withPartitionStore(BlobPartitionStore.create(container()))
            .withInitialPosition(position);
    return Consumer.plainSource(settings, Subscriptions.clusterSharded())
        .toMat(
            Sink.foreach(
                event ->
                    firstRead.putIfAbsent(
                        event.getPartitionContext().getPartitionId(),
                        event.getData().getSequenceNumber())),
            Keep.left())
        .run(running.system());
  }

  private static Map<String, Checkpoint> officialCheckpoints(String group) {
    Map<String, Checkpoint> checkpoints = new TreeMap<>();
    new BlobCheckpointStore(container())
        .listCheckpoints("localhost", EVENT_HUB, group.toLowerCase(Locale.ROOT))
        .toIterable()
        .forEach(checkpoint -> checkpoints.put(checkpoint.getPartitionId(), checkpoint));
    return checkpoints;
  }

  /** The first events after the checkpoints, as the official processor would read on. */
  private static Map<String, Long> firstOfficiallyRead(
      EventHubsEmulator hub, Map<String, Checkpoint> checkpoints) {
    Map<String, Long> first = new TreeMap<>();
    try (EventHubConsumerAsyncClient client =
        new EventHubClientBuilder()
            .connectionString(hub.connectionString(), EVENT_HUB)
            .consumerGroup(EventHubClientBuilder.DEFAULT_CONSUMER_GROUP_NAME)
            .buildAsyncConsumerClient()) {
      checkpoints.forEach(
          (partition, checkpoint) ->
              first.put(
                  partition,
                  Objects.requireNonNull(
                          client
                              .receiveFromPartition(
                                  partition,
                                  EventPosition.fromOffsetString(checkpoint.getOffsetString()))
                              .blockFirst(PATIENCE))
                      .getData()
                      .getSequenceNumber()));
    }
    return first;
  }

  private static BlobContainerAsyncClient container() {
    return new BlobContainerClientBuilder()
        .connectionString(BLOBS.connectionString())
        .containerName(CONTAINER)
        .httpClient(new JdkHttpClientBuilder().build())
        .buildAsyncClient();
  }
}
