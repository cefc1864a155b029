// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that expire while a command is reading: 20 in a partition, and one in the other. */
class ExpiringEventsTest extends CommandTest {

  private static final int EVENTS = 20;

  @BeforeEach
  void fill() {
    for (int i = 0; i < EVENTS; i++) {
      eventHubs.send(HUB, "0", new EventData("event " + i));
    }
    eventHubs.send(HUB, "1", new EventData("other"));
  }

  /** Those before the number expire after the reading has begun, and before anything is read. */
  private Result runWhileEventsExpire(long before, String... arguments) {
    FaultHandle stalled = eventHubs.faults().stall(HUB, "0");
    CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> run(arguments));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !eventHubs.receivers(HUB, Groups.DEFAULT, "0").isEmpty());
    eventHubs.faults().moveRetention(HUB, "0", before);
    stalled.cancel();
    return running.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private int copied() {
    return eventHubs.events("copy", "0").size() + eventHubs.events("copy", "1").size();
  }

  @Test
  void aReplayThatHasMissedTheFirstEventsSaysWhichAndIsNoSuccess() {
    Result result = runWhileEventsExpire(15, "replay", HUB, "copy");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out()).isEqualTo("sent 6 events, missed 15\n");
    assertThat(result.err())
        .isEqualTo(
            "eventhubs: partition 0 no longer had 15 events (0 to 14) when they were to be read:"
                + " most likely the retention has ended\n");
    assertThat(copied()).isEqualTo(6);
  }

  @Test
  void aReplaySaysInJsonWhatItHasMissed() {
    Result result = runWhileEventsExpire(15, "replay", HUB, "copy", "--json");

    assertThat(result.exitCode()).isEqualTo(3);
    JsonNode object = ParsedJson.lines(result.out()).get(0);
    assertThat(object.path("eventHub").asText()).isEqualTo(HUB);
    assertThat(object.path("to").asText()).isEqualTo("copy");
    assertThat(object.path("sent").asLong()).isEqualTo(6);
    JsonNode missed = object.path("missed");
    assertThat(missed).hasSize(1);
    assertThat(missed.get(0).path("partition").asText()).isEqualTo("0");
    assertThat(missed.get(0).path("events").asLong()).isEqualTo(15);
    assertThat(missed.get(0).path("first").asLong()).isZero();
    assertThat(missed.get(0).path("last").asLong()).isEqualTo(14);
    assertThat(object.path("failure").isNull()).isTrue();
  }

  @Test
  void aReplayThatHasMissedAllEventsOfAPartitionSaysSo() {
    Result result = runWhileEventsExpire(EVENTS, "replay", HUB, "copy");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out()).isEqualTo("sent 1 event, missed 20\n");
    assertThat(result.err()).contains("partition 0 no longer had 20 events (0 to 19)");
  }

  /** Of a range that begins at a time, the service does not say which event was its first. */
  @Test
  void aReplayFromATimeThatHasMissedItsLastEventSaysSo() {
    Result result = runWhileEventsExpire(EVENTS, "replay", HUB, "copy", "--from", "-1h");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out()).isEqualTo("sent 1 event, missed 1 or more\n");
    assertThat(result.err()).contains("partition 0 no longer had event 19, and perhaps earlier");
  }

  @Test
  void aTailThatHasMissedEventsInBetweenSaysWhichAndIsNoSuccess() {
    FaultHandle slow = eventHubs.faults().throttle(HUB, "0", 1);
    Written written = new Written();
    CompletableFuture<Result> tail =
        CompletableFuture.supplyAsync(
            () ->
                runWriting(written, "tail", HUB, "--from", "earliest", "--until", "now", "--json"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> written.out().contains("event 0"));
    eventHubs.faults().moveRetention(HUB, "0", 15);
    slow.cancel();

    Result result = tail.orTimeout(60, TimeUnit.SECONDS).join();

    int missed = EVENTS + 1 - result.lines().size();
    assertThat(missed).isPositive();
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .isEqualTo(
            "eventhubs: partition 0 no longer had %d events (%d to 14) when they were to be read:"
                    .formatted(missed, 15 - missed)
                + " most likely the retention has ended\n");
  }

  @Test
  void aRangeThatIsThereIsASuccess() {
    assertThat(run("replay", HUB, "copy", "--from", "-1h").exitCode()).isZero();
    assertThat(run("replay", HUB, "copy", "--json").out())
        .isEqualTo(
            "{\"eventHub\":\"orders\",\"to\":\"copy\",\"sent\":21,\"missed\":[],"
                + "\"failure\":null}\n");
    eventHubs.faults().moveRetention(HUB, "0", 15);
    // What had expired before the command began is not part of the range.
    assertThat(run("replay", HUB, "copy")).isEqualTo(new Result(0, "sent 6 events\n", ""));
    assertThat(run("tail", HUB, "--from", "earliest", "--count", "1").exitCode()).isZero();
    eventHubs.faults().moveRetention(HUB, "0", EVENTS);
    assertThat(run("tail", HUB, "--from", "latest", "--until", "now"))
        .isEqualTo(new Result(0, "", ""));
    assertThat(run("replay", HUB, "copy", "--from", "-1h").exitCode()).isZero();
  }
}
