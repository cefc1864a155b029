// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LagCommandTest extends CommandTest {

  @Test
  void oneObjectTellsOwnerCheckpointAndLagOfEachPartition() {
    sendToEach(10);
    checkpoint(GROUP, "0", 6);
    owner(GROUP, "0", "node-a");

    Result result = run("lag", HUB, "--group", GROUP, "--json");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.lines()).hasSize(1);
    JsonNode object = ParsedJson.object(result.out());
    assertThat(object.path("consumerGroup").asText()).isEqualTo(GROUP);
    assertThat(object.path("partitions")).hasSize(2);
    JsonNode first = object.path("partitions").path(0);
    assertThat(first.path("partition").asText()).isEqualTo("0");
    assertThat(first.path("owner").asText()).isEqualTo("node-a");
    assertThat(first.path("checkpoint").asLong()).isEqualTo(6);
    assertThat(first.path("lastEnqueued").asLong()).isEqualTo(9);
    assertThat(first.path("lag").asLong()).isEqualTo(3);
    assertThat(first.path("lagMillis").isNumber()).isTrue();
    JsonNode second = object.path("partitions").path(1);
    assertThat(second.path("owner").isNull()).isTrue();
    assertThat(second.path("checkpoint").isNull()).isTrue();
    assertThat(second.path("lag").asLong()).isEqualTo(10);
  }

  /** Retention may remove all events of a partition to which nothing is sent for a while. */
  @Test
  void aPartitionWhoseEventsHaveAllExpiredHasHadALastEvent() {
    sendToEach(5);
    checkpoint(GROUP, "0", 4);
    eventHubs.faults().moveRetention(HUB, "0", 5);

    JsonNode lag =
        ParsedJson.object(run("lag", HUB, "--group", GROUP, "--json").out()).path("partitions");
    JsonNode described =
        ParsedJson.object(run("describe", HUB, "--json").out()).path("partitions").path(0);

    assertThat(lag.path(0).path("lastEnqueued").asLong(-1)).isEqualTo(4);
    assertThat(lag.path(0).path("lag").asLong(-1)).isZero();
    assertThat(described.path("first").isNull()).isTrue();
    assertThat(described.path("lastEnqueued").asLong(-1)).isEqualTo(4);
    assertThat(described.path("events").asLong(-1)).isZero();
    assertThat(described.path("lastEnqueuedTime").asText()).endsWith("Z");
    assertThat(run("lag", HUB, "--group", GROUP).out()).doesNotContain("none yet");
    assertThat(run("describe", HUB).out())
        .containsPattern("0 +none left +4 +0 +20\\d\\d-")
        .doesNotContain("never", "none yet");
  }

  @Test
  void aCheckpointBeyondTheEndIsNoCheckpointOfThisEventHub() {
    sendToEach(10);
    checkpoint(GROUP, "0", 6);
    checkpoint(GROUP, "1", 6);
    eventHubs.recreateEventHub(HUB, 2);
    eventHubs.send(HUB, "1", new EventData("the first one of the new event hub"));

    JsonNode partitions =
        ParsedJson.object(run("lag", HUB, "--group", GROUP, "--json").out()).path("partitions");
    Result table = runOnATerminal("lag", HUB, "--group", GROUP);

    assertThat(partitions)
        .hasSize(2)
        .allSatisfy(
            partition -> {
              assertThat(partition.path("checkpoint").asLong()).isEqualTo(6);
              assertThat(partition.path("lag").isNull()).isTrue();
              assertThat(partition.path("lagMillis").isNull()).isTrue();
            });
    assertThat(table.lines().get(1)).contains("\u001b[31mbeyond the end\u001b");
    assertThat(table.lines().get(2)).contains("\u001b[31mbeyond the end\u001b");
    assertThat(run("lag", HUB, "--group", GROUP).lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
  }

  @Test
  void aCheckpointThatCannotBeReadHidesNoOtherPartition() {
    sendToEach(10);
    unreadableCheckpoint(GROUP, "0");
    checkpoint(GROUP, "1", 6);

    Result table = run("lag", HUB, "--group", GROUP);
    JsonNode partitions =
        ParsedJson.object(run("lag", HUB, "--group", GROUP, "--json").out()).path("partitions");

    assertThat(table.exitCode()).isZero();
    assertThat(table.lines().get(1)).startsWith("0").contains("unreadable", "?");
    assertThat(table.lines().get(2)).startsWith("1").contains(" 6 ", " 3 ");
    assertThat(table.err())
        .contains("partition 0: the checkpoint in ", "'sequencenumber' = 'rubbish'");
    assertThat(partitions.path(0).path("checkpoint").isNull()).isTrue();
    assertThat(partitions.path(0).path("lag").isNull()).isTrue();
    assertThat(partitions.path(1).path("lag").asLong()).isEqualTo(3);
  }

  /** A line may be slow: streams give up sooner, since others wait for them. */
  @Test
  void aStoreThatTakesSecondsToAnswerIsWaitedFor() {
    sendToEach(10);
    checkpoint(GROUP, "1", 6);
    blobs.faults().next(1).of(BlobOperation.LIST_BLOBS).delay(Duration.ofSeconds(3));

    assertThat(run("lag", HUB, "--group", GROUP).exitCode()).isZero();
  }

  @Test
  void aGroupOfWhichNothingIsStoredIsSaidToBeUnknown() {
    sendToEach(10);
    checkpoint(GROUP, "1", 6);

    assertThat(run("lag", HUB, "--group", "biling").err())
        .contains("consumer group 'biling' has nothing in container", "its name is right");
    assertThat(run("lag", HUB, "--group", GROUP).err()).doesNotContain("its name is right");
  }

  @Test
  void itIsShownSinceWhenAnOwnerHasAPartition() {
    owner(GROUP, "0", "node-a", Duration.ofMinutes(90).plusSeconds(30));
    owner(GROUP, "1", "an official processor");

    JsonNode partitions =
        ParsedJson.object(run("lag", HUB, "--group", GROUP, "--json").out()).path("partitions");
    assertThat(partitions.path(0).path("ownerSinceMillis").asLong())
        .isBetween(Duration.ofMinutes(89).toMillis(), Duration.ofMinutes(95).toMillis());
    assertThat(partitions.path(1).path("ownerSinceMillis").isNull()).isTrue();
    assertThat(run("lag", HUB, "--group", GROUP).lines().get(0)).contains("SINCE");
    assertThat(run("lag", HUB, "--group", GROUP).lines().get(1)).contains("node-a", "90m");
  }

  @Test
  void aPartitionThatNeverHadAnEventHasNone() {
    Result result = run("lag", HUB, "--group", GROUP, "--json");

    JsonNode first = ParsedJson.object(result.out()).path("partitions").path(0);
    assertThat(first.path("lastEnqueued").isNull()).isTrue();
    assertThat(first.path("lag").asLong()).isZero();
    assertThat(first.path("lagMillis").asLong()).isZero();
    assertThat(run("lag", HUB, "--group", GROUP).out())
        .contains("none yet", "0s")
        .doesNotContain("-1");
  }

  @Test
  void theTableIsReadableOnANarrowScreenAndNotColoured() {
    sendToEach(3);
    owner(GROUP, "1", "consumer@a-rather-long-host-name.of-a-node.example.org:25520#1234567890");

    Result result = run("lag", HUB, "--group", GROUP);

    assertThat(result.exitCode()).isZero();
    assertThat(result.lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(result.lines().get(0)).startsWith("PARTITION  OWNER").contains("BEHIND");
    assertThat(result.lines().get(1)).startsWith("0").contains("nobody");
    assertThat(result.lines().get(2)).startsWith("1").contains("consumer@", "1234567890");
    assertThat(result.out()).doesNotContain("\u001b");
  }

  @Test
  void aContainerThatDoesNotExistHoldsNoCheckpointsWhichIsSaid() {
    sendToEach(3);
    environment.put("STORAGE_CONTAINER", "elsewhere");

    Result result = run("lag", HUB, "--group", GROUP, "--json");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).contains("'elsewhere' does not exist");
    assertThat(ParsedJson.object(result.out()).path("partitions").path(0).path("lag").asLong())
        .isEqualTo(3);
  }

  @Test
  void theHubMayBeThatOfTheConnectionString() {
    environment.put(
        "EVENTHUBS_CONNECTION_STRING", eventHubs.connectionString() + ";EntityPath=" + HUB);

    assertThat(run("lag", "--group", GROUP).lines()).hasSize(3);
  }

  @Test
  void anEventHubThatDoesNotExistIsAFailureWithItsName() {
    Result result = run("lag", "nowhere", "--group", GROUP);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("nowhere").doesNotContain("\tat ");
  }

  @Test
  void theGroupsOfTheContainerAreListed() {
    sendToEach(3);
    checkpoint(GROUP, "0", 1);
    checkpoint("another", "1", 1);
    owner(GROUP, "1", "node-a");

    Result result = run("groups", HUB, "--json");

    assertThat(result.err()).isEmpty();
    JsonNode groups = ParsedJson.object(result.out()).path("groups");
    assertThat(groups).hasSize(2);
    assertThat(groups.path(0).path("consumerGroup").asText()).isEqualTo("another");
    assertThat(groups.path(1).path("checkpoints").asLong()).isEqualTo(1);
    assertThat(groups.path(1).path("owned").asLong()).isEqualTo(1);
    assertThat(run("groups", HUB).lines()).hasSize(3);
  }

  /** Whether an owner counts depends on the settings of its application. */
  @Test
  void aClaimIsJudgedByTheExpiryOfTheGroup(@TempDir Path directory) throws Exception {
    owner(GROUP, "0", "node-a");
    blobs.jumpClock(Duration.ofMinutes(3));
    assertThat(run("lag", HUB, "--group", GROUP).out()).contains("expired: node-a");
    assertThat(run("watch", HUB, "--group", GROUP, "--for", "1").out()).doesNotContain("node-a");
    assertThat(run("groups", HUB, "--json").out()).contains("\"owned\":0");

    Path file = Files.writeString(directory.resolve("settings"), "expiry = 4m30s");
    environment.put("EVENTHUBS_SETTINGS", file.toString());

    assertThat(run("lag", HUB, "--group", GROUP).out())
        .contains("node-a")
        .doesNotContain("expired");
    assertThat(run("watch", HUB, "--group", GROUP, "--for", "1").out()).contains("node-a");
    assertThat(run("groups", HUB, "--json").out()).contains("\"owned\":1");
    assertThat(run("lag", HUB, "--group", GROUP, "--expiry", "1s").out())
        .contains("expired: node-a");
  }

  @Test
  void anEventHubIsDescribed() {
    sendToEach(3);

    assertThat(run("describe", HUB).out()).contains("orders: 2 partitions");
    JsonNode first =
        ParsedJson.object(run("describe", HUB, "--json").out()).path("partitions").path(0);
    assertThat(first.path("events").asLong()).isEqualTo(3);
    assertThat(first.path("lastEnqueued").asLong()).isEqualTo(2);
  }

  @Test
  void theTableIsRefreshedInPlaceUntilTheCommandIsInterrupted() {
    sendToEach(3);
    try (Running watching =
        new Running("lag", HUB, "--group", GROUP, "--watch", "--interval", "1")) {
      watching.awaitOut("\u001b\\[H\u001b\\[2J[^\u001b]*\u001b.*BEHIND");
      eventHubs.send(HUB, "0", new EventData("one more"));
      // The second look clears the screen and shows one event more.
      watching.awaitOut("(?s)BEHIND.*\u001b\\[H\u001b\\[2J.*\u001b\\[31m4\u001b");

      assertThat(watching.end().exitCode()).isZero();
      assertThat(watching.written.err()).isEmpty();
    }
    assertThat(run("lag", HUB, "--watch", "--interval", "0").exitCode()).isEqualTo(2);
  }

  @Test
  void handOversAreShownAsTheyHappen() {
    owner(GROUP, "0", "node-a");

    Result result = run("watch", HUB, "--group", GROUP, "--for", "1", "--json");

    assertThat(result.exitCode()).isZero();
    assertThat(ParsedJson.lines(result.out()))
        .hasSize(2)
        .first()
        .satisfies(line -> assertThat(line.path("owner").asText()).isEqualTo("node-a"));
  }

  @Test
  void aPartitionThatMovesWhileItIsWatchedIsShownWithBothOwners() {
    owner(GROUP, "0", "node-a");
    long lists = blobs.requests(BlobOperation.LIST_BLOBS);
    Running watching = new Running("watch", HUB, "--group", GROUP, "--json");
    // The first look has been answered.
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> blobs.requests(BlobOperation.LIST_BLOBS) > lists);
    StoredOwnership seen =
        store().readOwnership(partition(GROUP, "0")).toCompletableFuture().join().orElseThrow();
    store().replaceOwnership(seen, "node-b", Map.of()).toCompletableFuture().join();

    watching.awaitOut("node-b");
    assertThat(ParsedJson.lines(watching.end().out()))
        .last()
        .satisfies(
            line -> {
              assertThat(line.path("partition").asText()).isEqualTo("0");
              assertThat(line.path("from").asText()).isEqualTo("node-a");
              assertThat(line.path("owner").asText()).isEqualTo("node-b");
            });
  }
}
