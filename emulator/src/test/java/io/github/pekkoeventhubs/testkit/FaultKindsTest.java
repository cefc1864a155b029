// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.SendOptions;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.BlobStorageException;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import io.github.pekkoeventhubs.testkit.FaultSchedule.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Sender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One fault of each kind, and what connected clients see of it. */
class FaultKindsTest {

  private static final Duration SHORT = Duration.ofSeconds(16);

  /** A fault of such a schedule lasts longer than a busy machine may stand still. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Set<Kind> LOOKED_AT_WHILE_THEY_LAST =
      EnumSet.of(Kind.STALL, Kind.THROTTLE, Kind.JUMP_CLOCK, Kind.JUMP_BLOB_CLOCK);

  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
  private final JavaClients clients = new JavaClients(emulator);
  private final EventHubProducerClient producer = clients.producer();
  private final BlobClient blob =
      BlobClients.container(blobs.connectionString(), "checkpoints").getBlobClient("checkpoint");
  private Receiving receiving;
  private int puts;

  @BeforeEach
  void connect() {
    receiving = clients.receive("0", EventPosition.earliest());
    send(producer);
    receiving.awaitCount(1);
    put();
  }

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
    blobs.close();
  }

  @ParameterizedTest
  @EnumSource
  void hitsClientsThatSeeIt(Kind kind) {
    FaultSchedule schedule = beginningAtOnce(kind);
    BooleanSupplier effect = effect(kind, schedule.steps().get(0).lasting());
    try (FaultSchedule.Run run = schedule.start(emulator, HUB, GROUP, blobs)) {
      await().atMost(JavaClients.PATIENCE).until(() -> !run.steps().isEmpty());

      await().atMost(JavaClients.PATIENCE).until(() -> effect.getAsBoolean() && run.hits() > 0);
    }
    if (holdsEventsBack(kind)) {
      receiving.awaitCount(emulator.partition(HUB, "0").eventCount());
    }
  }

  /** Its only step comes almost at once. */
  private static FaultSchedule beginningAtOnce(Kind kind) {
    Duration length = LOOKED_AT_WHILE_THEY_LAST.contains(kind) ? LONG : SHORT;
    return LongStream.iterate(0, seed -> seed + 1)
        .mapToObj(seed -> FaultSchedule.of(seed, length, 1).only(kind))
        .filter(schedule -> schedule.steps().get(0).at().toMillis() < 200)
        .findFirst()
        .orElseThrow();
  }

  private static boolean holdsEventsBack(Kind kind) {
    return kind == Kind.FREEZE_CONNECTIONS || kind == Kind.STALL || kind == Kind.THROTTLE;
  }

  /** Does what the fault is to hit, and tells whether it has been seen to. */
  private BooleanSupplier effect(Kind kind, Duration lasting) {
    return switch (kind) {
      case DROP_CONNECTIONS,
          CLOSE_CONNECTIONS,
          CLOSE_CONNECTIONS_WITH_ERROR,
          DETACH_RECEIVERS,
          DETACH_LINKS ->
          receiving::hasEnded;
      case DETACH_RECEIVERS_WITH_ERROR, DETACH_LINKS_WITH_ERROR ->
          () -> hasEndedWith(AmqpErrorCondition.LINK_DETACH_FORCED);
      case STEAL -> () -> hasEndedWith(AmqpErrorCondition.LINK_STOLEN);
      case RECREATE_EVENT_HUB -> () -> hasEndedWith(AmqpErrorCondition.NOT_FOUND);
      case DETACH_SENDERS, DETACH_SENDERS_WITH_ERROR ->
          () -> emulator.connections().stream().allMatch(client -> client.senders() == 0);
      case END_SESSIONS -> () -> emulator.receivers().isEmpty() && emulator.connectionCount() == 2;
      case FREEZE_CONNECTIONS, STALL, THROTTLE -> this::isBehind;
      case REFUSE_RECEIVERS ->
          () ->
              clients.receive("0", EventPosition.earliest()).awaitError().getErrorCondition()
                  == AmqpErrorCondition.SERVER_BUSY_ERROR;
      case REFUSE_SENDERS -> () -> isBusyFor(clients.producer());
      case REJECT_SENDS -> () -> isBusyFor(producer);
      case REFUSE_MANAGEMENT_LINKS -> () -> refusesLinks("$management");
      case REFUSE_TOKEN_LINKS -> () -> refusesLinks("$cbs");
      case DELAY_SENDS -> () -> takes(lasting, () -> send(producer));
      case LOSE_REPLIES_TO_SENDS -> this::storesAnEventAndFails;
      case JUMP_CLOCK -> this::storesAnEventOfTheFuture;
      case MOVE_RETENTION -> () -> emulator.partition(HUB, "0").eventCount() == 0;
      case BLOBS_BUSY -> () -> putFailsWith(503);
      case BLOBS_FAIL -> () -> putFailsWith(500);
      case BLOB_CONDITION_FAILS -> () -> putFailsWith(412);
      case BLOB_CONFLICT -> () -> putFailsWith(409);
      case BLOB_MISSING -> () -> putFailsWith(404);
      case BLOBS_SLOW -> () -> takes(lasting, this::put);
      // The last piece goes out a little before the time is over.
      case BLOB_REPLY_SLOW -> () -> takes(lasting.dividedBy(2), this::put);
      case BLOB_REPLY_LOST -> () -> putFails() && stored().metadata().equals(lastPut());
      case BLOB_CONNECTION_DROPPED, BLOB_CONNECTION_RESET ->
          () -> putFails() && !stored().metadata().equals(lastPut());
      case JUMP_BLOB_CLOCK ->
          () -> {
            put();
            return isInTheFuture(stored().lastModified());
          };
    };
  }

  private boolean hasEndedWith(AmqpErrorCondition condition) {
    return receiving.hasEnded() && receiving.awaitError().getErrorCondition() == condition;
  }

  /** More events than a throttled partition lets out between two looks. */
  private boolean isBehind() {
    emulator.send(
        HUB,
        "0",
        IntStream.range(0, 50).mapToObj(i -> new EventData("event")).toArray(EventData[]::new));
    return receiving.events().size() < emulator.partition(HUB, "0").eventCount();
  }

  private static boolean isBusyFor(EventHubProducerClient client) {
    try {
      send(client);
      return false;
    } catch (RuntimeException refused) {
      // That there is no other attempt is told around it.
      return Stream.of(refused, refused.getCause())
          .anyMatch(
              cause ->
                  cause instanceof AmqpException error
                      && error.getErrorCondition() == AmqpErrorCondition.SERVER_BUSY_ERROR);
    }
  }

  private boolean refusesLinks(String address) {
    try (EngineClient client = new EngineClient(emulator.port(), 60_000)) {
      Sender sender = client.session().sender(address);
      Target target = new Target();
      target.setAddress(address);
      sender.setTarget(target);
      sender.setSource(new Source());
      sender.open();
      client.runUntil(
          () -> sender.getCredit() > 0 || sender.getRemoteState() == EndpointState.CLOSED);
      return sender.getRemoteState() == EndpointState.CLOSED
          && "com.microsoft:server-busy"
              .equals(String.valueOf(sender.getRemoteCondition().getCondition()));
    }
  }

  private boolean storesAnEventAndFails() {
    long before = emulator.partition(HUB, "0").lastSequenceNumber();
    try {
      send(producer);
      return false;
    } catch (RuntimeException lost) {
      return emulator.partition(HUB, "0").lastSequenceNumber() == before + 1;
    }
  }

  private boolean storesAnEventOfTheFuture() {
    emulator.send(HUB, "0", new EventData("when?"));
    List<StoredEvent> events = emulator.events(HUB, "0");
    return isInTheFuture(events.get(events.size() - 1).enqueuedTime());
  }

  private static boolean isInTheFuture(Instant time) {
    return time.isAfter(Instant.now().plusSeconds(30));
  }

  private static boolean takes(Duration time, Runnable action) {
    long start = System.nanoTime();
    action.run();
    return System.nanoTime() - start >= time.toNanos();
  }

  private static void send(EventHubProducerClient client) {
    client.send(List.of(new EventData("sent")), new SendOptions().setPartitionId("0"));
  }

  private void put() {
    puts++;
    BlobClients.put(blob, lastPut());
  }

  private Map<String, String> lastPut() {
    return Map.of("number", Integer.toString(puts));
  }

  private BlobSnapshot stored() {
    return blobs.blob("checkpoints", "checkpoint").orElseThrow();
  }

  private boolean putFails() {
    try {
      put();
      return false;
    } catch (RuntimeException failed) {
      return true;
    }
  }

  private boolean putFailsWith(int status) {
    try {
      put();
      return false;
    } catch (BlobStorageException refused) {
      return refused.getStatusCode() == status;
    }
  }
}
