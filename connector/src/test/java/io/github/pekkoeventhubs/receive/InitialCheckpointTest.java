// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of position in every kind of partition: the checkpoint names the event before the
 * first to be read, or the place before the first event there is.
 */
class InitialCheckpointTest {

  private static final String EVENT_HUB = "orders";
  private static final int EVENTS = 10;
  private static final int FIRST_KEPT = 4;

  /** Event {@code n} is enqueued {@code n} seconds later. */
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private static final String NEVER_FILLED = "0";
  private static final String FILLED = "1";
  private static final String TRIMMED = "2";
  private static final String EMPTIED = "3";

  private static final Hub NUMERIC = new Hub("numeric offsets", EventHubsEmulator.builder());
  private static final Hub GEO_REPLICATED =
      new Hub("geo-replicated offsets", EventHubsEmulator.builder().geoReplicatedOffsets());

  /** A service with the four partitions, and the clients for it: shared by all cases. */
  private static final class Hub {
    private final SettableClock clock = SettableClock.startingAt(START);
    private final EventHubsEmulator emulator;
    private final EventHubClients clients;

    /** The offsets of the events by their numbers, which are the same in each partition. */
    private final String[] offsets = new String[EVENTS];

    private final String name;

    Hub(String name, EventHubsEmulator.Builder builder) {
      this.name = name;
      emulator = builder.eventHub(EVENT_HUB, 4).clock(clock).start();
      for (int event = 0; event < EVENTS; event++) {
        clock.set(START.plusSeconds(event));
        for (String partition : new String[] {FILLED, TRIMMED, EMPTIED}) {
          emulator.send(EVENT_HUB, partition, new EventData("event " + event));
        }
      }
      for (int event = 0; event < EVENTS; event++) {
        offsets[event] = emulator.events(EVENT_HUB, FILLED).get(event).offset();
      }
      emulator.removeEventsBefore(EVENT_HUB, TRIMMED, FIRST_KEPT);
      emulator.removeEventsBefore(EVENT_HUB, EMPTIED, EVENTS);
      clients =
          EventHubClients.open(
              ConsumerSettings.create(
                      ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
                  .withConnectionString(emulator.connectionString())
                  .withEventHubName(EVENT_HUB),
              null);
    }

    String offset(int event) {
      return offsets[event];
    }

    @Override
    public String toString() {
      return name;
    }

    void close() throws Exception {
      clients.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
      emulator.close();
    }
  }

  @AfterAll
  static void close() throws Exception {
    NUMERIC.close();
    GEO_REPLICATED.close();
  }

  private static EventPosition after(int event) {
    return EventPosition.fromSequenceNumber(event, false);
  }

  private static EventPosition from(int event) {
    return EventPosition.fromSequenceNumber(event, true);
  }

  private static EventPosition enqueuedAfter(double seconds) {
    return EventPosition.fromEnqueuedTime(START.plusMillis((long) (seconds * 1000)));
  }

  /** With the event that the checkpoint has to name: negative where there is none before. */
  private static Stream<Arguments> positions(Hub hub) {
    return Stream.of(
            Stream.of(
                positionIn(FILLED, "earliest", EventPosition.earliest(), -1),
                positionIn(FILLED, "latest", EventPosition.latest(), 9),
                positionIn(FILLED, "after event 3", after(3), 3),
                positionIn(FILLED, "from event 3", from(3), 2),
                positionIn(FILLED, "from event 0", from(0), -1),
                positionIn(FILLED, "from event 1", from(1), 0),
                positionIn(FILLED, "after the last", after(9), 9),
                positionIn(FILLED, "from the next to come", from(10), 9),
                positionIn(FILLED, "before the first time", enqueuedAfter(-1), -1),
                positionIn(FILLED, "at the time of event 3", enqueuedAfter(3), 3),
                positionIn(FILLED, "between two times", enqueuedAfter(3.5), 3),
                positionIn(FILLED, "at the last time", enqueuedAfter(9), 9),
                positionIn(FILLED, "after the last time", enqueuedAfter(100), 9),
                positionIn(
                    FILLED, "offset of event 3", EventPosition.fromOffsetString(hub.offset(3)), 3),
                positionIn(
                    FILLED, "offset of the last", EventPosition.fromOffsetString(hub.offset(9)), 9),
                positionIn(TRIMMED, "latest", EventPosition.latest(), 9),
                positionIn(TRIMMED, "after the first kept", after(FIRST_KEPT), FIRST_KEPT),
                positionIn(
                    TRIMMED,
                    "offset of a kept one",
                    EventPosition.fromOffsetString(hub.offset(5)),
                    5)),
            beforeTheFirst(TRIMMED, FIRST_KEPT, hub, 4),
            beforeTheFirst(EMPTIED, EVENTS, hub, EVENTS),
            beforeTheFirst(NEVER_FILLED, 0, hub, 0))
        .flatMap(each -> each)
        .map(each -> Arguments.of(each, hub));
  }

  /** Positions that all come before the first event of the partition. */
  private static Stream<Case> beforeTheFirst(
      String partition, int firstEvent, Hub hub, int positions) {
    Stream<Case> all =
        Stream.concat(
            Stream.of(
                positionIn(partition, "earliest", EventPosition.earliest(), -1),
                positionIn(partition, "from event 0", from(0), -1),
                positionIn(partition, "before the first time", enqueuedAfter(-1), -1)),
            IntStream.range(0, positions)
                .boxed()
                .flatMap(
                    event ->
                        Stream.of(
                            positionIn(partition, "after event " + event, after(event), -1),
                            positionIn(
                                partition, "after time " + event, enqueuedAfter(event), -1))));
    // Where nothing is left, the latest position is the place before the first to come.
    Stream<Case> last =
        partition.equals(TRIMMED)
            ? Stream.of(
                positionIn(
                    partition,
                    "offset of a removed one",
                    EventPosition.fromOffsetString(hub.offset(1)),
                    -1))
            : Stream.of(positionIn(partition, "latest", EventPosition.latest(), -1));
    return Stream.concat(all, last).map(each -> each.beginningAt(firstEvent));
  }

  /**
   * @param event the event that the checkpoint names, or -1 for the place before the first
   */
  private record Case(
      String partition, String name, EventPosition position, int event, int firstEvent) {

    Case beginningAt(int first) {
      return new Case(partition, name, position, event, first);
    }

    @Override
    public String toString() {
      return name + " in partition " + partition;
    }
  }

  private static Case positionIn(String partition, String name, EventPosition position, int event) {
    return new Case(partition, name, position, event, 0);
  }

  static Stream<Arguments> allPositions() {
    return Stream.concat(positions(NUMERIC), positions(GEO_REPLICATED));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("allPositions")
  void aPositionBecomesTheCheckpointBeforeTheFirstEventToRead(Case expected, Hub hub)
      throws Exception {
    Map<String, String> entries =
        new InitialCheckpoint(hub.clients, expected.partition())
            .of(expected.position())
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);

    if (expected.event() >= 0) {
      assertThat(entries)
          .isEqualTo(StoredCheckpoint.entriesOf(expected.event(), hub.offset(expected.event())));
    } else {
      assertThat(entries)
          .isEqualTo(
              StoredCheckpoint.entriesOf(
                  expected.firstEvent() - 1, StoredCheckpoint.BEFORE_FIRST_OFFSET));
    }
  }
}
