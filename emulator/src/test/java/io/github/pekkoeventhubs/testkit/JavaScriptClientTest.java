// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.emulator.clients.NodeTools;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official JavaScript client; its scenarios run all at once, each on its own event hub. */
@TestInstance(Lifecycle.PER_CLASS)
class JavaScriptClientTest {
  private static final String SCRIPT = "event-hubs-scenarios.mjs";
  private static final String DISCONNECT = "disconnect ";
  private static final String LOSE = "lose ";
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final List<String> KEYS = List.of("alpha", "beta", "gamma", "delta");

  /** Named like the functions of the script. */
  enum Scenario {
    describesTheEventHub,
    describesPartitions,
    sendsAndReceivesABatch,
    keepsEventsOfAKeyTogether,
    hashesKeysOnTheClient,
    sendsIdempotently,
    receivesFromAllPartitions,
    startsAtEveryPosition,
    startsAtAnEnqueuedTime,
    startsAtTheEnd,
    tracksTheLastEnqueuedEvent,
    receivesMoreThanTheSessionWindowHolds,
    sendsAndReceivesAnEventOfManyFrames,
    losesAPartitionToAHigherOwnerLevel,
    balancesTwoConsumers,
    goesOnAfterADisconnection,
    cannotSendToAnUnknownEventHub
  }

  private final EventHubsEmulator emulator = EventHubsEmulator.builder().start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("balancing").start();
  private Optional<NodeTools.Result> result = Optional.empty();
  private Optional<FaultHandle> lostReply = Optional.empty();

  @BeforeAll
  void runAllScenarios() throws IOException, InterruptedException {
    NodeTools.assumeInstalled();
    for (Scenario scenario : Scenario.values()) {
      emulator.addEventHub(scenario.name(), 4);
    }
    result = Optional.of(runScript());
  }

  /** Runs the script, and does what it cannot do itself: makes its event hubs fail. */
  private NodeTools.Result runScript() throws IOException, InterruptedException {
    Process script = NodeTools.start(SCRIPT, emulator.connectionString(), blobs.connectionString());
    CompletableFuture.delayedExecutor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .execute(script::destroyForcibly);
    StringBuilder output = new StringBuilder();
    try (BufferedReader lines = script.inputReader(UTF_8);
        BufferedWriter answers = script.outputWriter(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
        if (line.startsWith(DISCONNECT)) {
          emulator.faults(line.substring(DISCONNECT.length())).dropConnections();
        } else if (line.startsWith(LOSE)) {
          lostReply =
              Optional.of(emulator.faults(line.substring(LOSE.length())).acceptButLoseNextSends(1));
        } else {
          continue;
        }
        answers.write("done " + line + "\n");
        answers.flush();
      }
    }
    return new NodeTools.Result(script.waitFor(), output.toString());
  }

  @AfterAll
  void close() {
    emulator.close();
    blobs.close();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void scenario(Scenario scenario) {
    assertThat(output().lines().filter(line -> line.contains('"' + scenario.name() + '"')))
        .containsExactly("{\"name\":\"%s\"}".formatted(scenario.name()));
  }

  @Test
  void noScenarioIsForgotten() {
    assertThat(result.orElseThrow().exitCode()).as(output()).isZero();
    assertThat(output().lines().filter(line -> line.startsWith("{\"name\"")))
        .hasSameSizeAs(Scenario.values());
  }

  @Test
  void theIdempotentProducerHasSentABatchTwice() {
    assertThat(lostReply.orElseThrow().hits()).isEqualTo(1);
    assertThat(emulator.events(Scenario.sendsIdempotently.name(), "1"))
        .extracting(StoredEvent::bodyAsString)
        .containsExactly("\"once\"", "\"only\"", "\"more\"");
  }

  @Test
  void eventsWithAKeyAreWhereTheServicePutsThem() {
    String hub = Scenario.keepsEventsOfAKeyTogether.name();
    for (String key : KEYS) {
      String partitionId = emulator.sendWithKey(hub, key, new EventData("\"fourth\""));

      assertThat(bodiesWithKey(hub, partitionId, key))
          .containsExactly("\"first\"", "\"second\"", "\"third\"", "\"fourth\"");
    }
  }

  @Test
  void theClientHashesKeysAsTheServiceDoes() {
    String hub = Scenario.hashesKeysOnTheClient.name();
    for (String key : KEYS) {
      String partitionId = emulator.sendWithKey(hub, key, new EventData("here"));

      assertThat(emulator.events(hub, partitionId))
          .extracting(StoredEvent::bodyAsString)
          .contains('"' + key + '"');
    }
  }

  private List<String> bodiesWithKey(String hub, String partitionId, String key) {
    return emulator.events(hub, partitionId).stream()
        .filter(event -> event.partitionKey().equals(Optional.of(key)))
        .map(StoredEvent::bodyAsString)
        .toList();
  }

  private String output() {
    return result.orElseThrow().output();
  }
}
