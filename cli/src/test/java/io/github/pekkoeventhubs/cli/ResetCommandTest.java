// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventData;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResetCommandTest extends CommandTest {

  private static final String PLACE =
      "eventhubs: localhost/orders, group 'billing', in devstoreaccount1/checkpoints"
          + System.lineSeparator();

  @BeforeEach
  void aGroupAtFive() {
    sendToEach(10);
    checkpoint(GROUP, "0", 5);
  }

  @Test
  void withoutExecuteItOnlyShowsWhatWouldChange() {
    Result result = run("reset", HUB, "--group", GROUP, "--to", "earliest");

    assertThat(result.exitCode()).isZero();
    assertThat(result.lines()).hasSize(3);
    assertThat(result.lines().get(1)).startsWith("0").contains("5", "-6", "planned");
    assertThat(result.err()).contains("nothing was written", "--execute");
    assertThat(stored(GROUP, "0")).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"earliest,-1", "latest,9", "3,3", "2020-01-01T00:00:00Z,-1", "-1h,-1"})
  void withExecuteItMovesAllPartitions(String position, long sequenceNumber) {
    Result result = run("reset", HUB, "--group", GROUP, "--to", position, "--execute");

    assertThat(result.err()).isEqualTo(PLACE);
    assertThat(result.exitCode()).isZero();
    assertThat(stored(GROUP, "0")).isEqualTo(sequenceNumber);
    assertThat(stored(GROUP, "1")).isEqualTo(sequenceNumber);
  }

  /** The plan is the cure that the message about such a checkpoint names. */
  @Test
  void aCheckpointThatCannotBeReadIsPlannedAndMoved() {
    unreadableCheckpoint(GROUP, "0");

    Result plan = run("reset", HUB, "--group", GROUP, "--to", "latest");
    assertThat(plan.exitCode()).isZero();
    assertThat(plan.lines().get(1)).startsWith("0").contains("unreadable", "9", "planned");

    Result done = run("reset", HUB, "--group", GROUP, "--to", "latest", "--execute");
    assertThat(done.exitCode()).isZero();
    assertThat(done.lines().get(1)).contains("written");
    assertThat(stored(GROUP, "0")).isEqualTo(9);
  }

  @Test
  void whereItWritesIsSaidBeforeAnythingElse(@TempDir Path directory) throws Exception {
    // The file of another environment: what it says is what counts.
    Path file = Files.writeString(directory.resolve("settings"), "container = elsewhere");
    Result result =
        run("reset", HUB, "--group", GROUP, "--to", "1", "--settings", file.toString(), "--json");

    assertThat(result.err()).contains("group 'billing', in devstoreaccount1/elsewhere");
    JsonNode object = ParsedJson.object(result.out());
    assertThat(object.path("namespace").asText()).isEqualTo("localhost");
    assertThat(object.path("eventHub").asText()).isEqualTo(HUB);
    assertThat(object.path("storageAccount").asText()).isEqualTo("devstoreaccount1");
    assertThat(object.path("container").asText()).isEqualTo("elsewhere");
    assertThat(run("reset", HUB, "--group", GROUP, "--to", "1").err()).startsWith(PLACE);
  }

  @Test
  void theJsonSaysWhatHasHappened() {
    owner(GROUP, "1", "node-a");

    assertThat(outcome()).containsExactly("planned", "false");
    assertThat(outcome("--execute")).containsExactly("refused", "false");
    assertThat(outcome("--execute", "--partition", "0")).containsExactly("done", "true");
    assertThat(outcome("--execute", "--force")).containsExactly("done", "true");
    blobs.faults().always().of(BlobOperation.SET_METADATA).answer(403, "AuthorizationFailure");
    blobs.faults().always().of(BlobOperation.PUT_BLOB).answer(403, "AuthorizationFailure");
    assertThat(outcome("--execute", "--force", "--to", "3")).containsExactly("failed", "false");
  }

  private List<String> outcome(String... more) {
    List<String> arguments = new ArrayList<>(List.of("reset", HUB, "--group", GROUP, "--json"));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--to")) {
      arguments.addAll(List.of("--to", "latest"));
    }
    JsonNode object = ParsedJson.object(run(arguments.toArray(String[]::new)).out());
    return List.of(object.path("outcome").asText(), object.path("executed").asText());
  }

  @Test
  void onlyTheNamedPartitionsAreMoved() {
    run("reset", HUB, "--group", GROUP, "--to", "2", "--partition", "1", "--execute");

    assertThat(stored(GROUP, "0")).isEqualTo(5);
    assertThat(stored(GROUP, "1")).isEqualTo(2);
  }

  @Test
  void thePositionsOfAnotherGroupAreCopied() {
    Result result =
        run("reset", HUB, "--group", "another", "--to", "copy-of:" + GROUP, "--execute");

    assertThat(result.exitCode()).isZero();
    assertThat(stored("another", "0")).isEqualTo(5);
  }

  @Test
  void thePositionsOfAnotherGroupMayBeNamedInTwoWords() {
    assertThat(
            run("reset", "--to", "copy-of", GROUP, HUB, "--group", "another", "--execute")
                .exitCode())
        .isZero();
    assertThat(stored("another", "0")).isEqualTo(5);
    assertThat(run("reset", HUB, "--group", "another", "--to", "copy-of").err())
        .contains("names no consumer group");
    assertThat(run("reset", HUB, "--group", "another", "--to", "copy-of", "--execute").exitCode())
        .isEqualTo(2);
    assertThat(run("reset", HUB, "--group", "another", "--to", "--execute").exitCode())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"orders,biling", "nowhere,billing"})
  void nothingToCopyIsAFailure(String hub, String other) {
    environment.put("STORAGE_CONTAINER", "fresh");
    assertThat(copy(hub, other).exitCode()).isEqualTo(1);
    assertThat(containerExists("fresh")).isFalse();

    environment.put("STORAGE_CONTAINER", CONTAINER);
    Result result = copy(hub, other);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains(
            hub.equals("nowhere")
                ? "no event hub 'nowhere'"
                : "group 'biling' has no checkpoint of event hub 'orders' in container 'checkpoints'");
  }

  private Result copy(String hub, String other) {
    return run("reset", hub, "--group", "another", "--to", "copy-of", other, "--execute");
  }

  @Test
  void checkpointsOfAnEarlierEventHubAreNotCopied() {
    eventHubs.recreateEventHub(HUB, 1);
    eventHubs.send(HUB, "0", new EventData("the first one of the new event hub"));

    Result beyond = copy(HUB, GROUP);

    assertThat(beyond.exitCode()).isEqualTo(1);
    assertThat(beyond.out()).isEmpty();
    assertThat(beyond.err()).contains("partition '0'", "number 5,", "last event has 0");
    for (int i = 0; i < 9; i++) {
      eventHubs.send(HUB, "0", new EventData("another one"));
    }
    store()
        .createCheckpoint(partition(GROUP, "1"), StoredCheckpoint.entriesOf(5, "5"))
        .toCompletableFuture()
        .join();

    assertThat(copy(HUB, GROUP).exitCode()).isZero();
    assertThat(stored("another", "0")).isEqualTo(5);
    assertThat(store().readCheckpoint(partition("another", "1")).toCompletableFuture().join())
        .isEmpty();
  }

  @Test
  void anOffsetAloneIsCopiedOnlyWhereItsEventIsThere() {
    String offset = eventHubs.events(HUB, "1").get(7).offset();
    store()
        .createCheckpoint(partition("another", "1"), Map.of(StoredCheckpoint.OFFSET, offset))
        .toCompletableFuture()
        .join();

    Result there = run("reset", HUB, "--group", GROUP, "--to", "copy-of", "another", "--execute");
    assertThat(there.exitCode()).as(there.err()).isZero();
    assertThat(stored(GROUP, "1")).isEqualTo(7);

    eventHubs.faults().moveRetention(HUB, "1", 9);
    Result gone = run("reset", HUB, "--group", GROUP, "--to", "copy-of", "another", "--execute");
    assertThat(gone.exitCode()).isEqualTo(1);
    assertThat(gone.err())
        .contains("partition '1'", "the offset '" + offset + "'", "positions of your own");
  }

  @Test
  void aGroupThatDoesNotExistIsAFailureWhereTheServiceSaysSo() {
    // In the middle: an event has to be read, which is refused in the consumer group.
    Result result = run("reset", HUB, "--group", "biling", "--to", "4", "--execute");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("consumer group 'biling'");
    assertThat(store().readCheckpoint(partition("biling", "0")).toCompletableFuture().join())
        .isEmpty();
  }

  @Test
  void aGroupWithoutARecordIsSaidToHaveNone() {
    Result unknown = run("reset", HUB, "--group", "biling", "--to", "earliest");

    assertThat(unknown.exitCode()).isZero();
    assertThat(unknown.err())
        .contains("group 'biling' has nothing in container 'checkpoints' yet", "its name is right");
    assertThat(run("reset", HUB, "--group", GROUP, "--to", "earliest", "--partition", "1").err())
        .doesNotContain("has nothing");
  }

  @Test
  void anOwnedPartitionIsRefusedAndNothingIsWrittenUnlessForced() {
    owner(GROUP, "1", "node-a");

    Result refused = run("reset", HUB, "--group", GROUP, "--to", "latest", "--execute");

    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.out()).contains("node-a");
    assertThat(refused.err()).contains("nothing was written", "--force");
    assertThat(stored(GROUP, "0")).isEqualTo(5);

    Result forced = run("reset", HUB, "--group", GROUP, "--to", "latest", "--execute", "--force");

    assertThat(forced.exitCode()).isZero();
    assertThat(stored(GROUP, "1")).isEqualTo(9);
  }

  @Test
  void anOwnerWhoseClaimHasExpiredIsShownAndSaidToPerhapsRun() {
    owner(GROUP, "1", "node-a");
    blobs.jumpClock(Duration.ofMinutes(3));

    Result expired = run("reset", HUB, "--group", GROUP, "--to", "latest");

    assertThat(expired.lines().get(1)).contains("nobody");
    assertThat(expired.lines().get(2)).contains("expired: node-a");
    assertThat(expired.err()).contains("partitions [1]", "nobody has released", "--expiry");
    assertThat(run("reset", HUB, "--group", GROUP, "--to", "latest", "--json").out())
        .contains("\"owner\":null,\"expiredOwner\":\"node-a\"");

    // With the expiry of its application the owner has the partition.
    Result refused =
        run("reset", HUB, "--group", GROUP, "--to", "latest", "--execute", "--expiry", "5m");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.out()).contains("node-a").doesNotContain("expired");
    assertThat(refused.err()).doesNotContain("--expiry");
    assertThat(stored(GROUP, "0")).isEqualTo(5);
  }

  private boolean containerExists(String name) {
    return new BlobServiceClientBuilder()
        .connectionString(blobs.connectionString())
        .httpClient(new JdkHttpClientBuilder().build())
        .buildClient()
        .getBlobContainerClient(name)
        .exists();
  }

  @Test
  void aContainerIsCreatedOnlyToWriteAndNotWhereThatIsForbidden() {
    environment.put("STORAGE_CONTAINER", "fresh");

    assertThat(run("reset", HUB, "--group", GROUP, "--to", "earliest").exitCode()).isZero();
    assertThat(containerExists("fresh")).isFalse();
    Result forbidden =
        run(
            "reset",
            HUB,
            "--group",
            GROUP,
            "--to",
            "earliest",
            "--execute",
            "--no-create-container");
    assertThat(forbidden.exitCode()).isEqualTo(1);
    assertThat(containerExists("fresh")).isFalse();

    Result created = run("reset", HUB, "--group", GROUP, "--to", "earliest", "--execute");

    assertThat(created.exitCode()).isZero();
    assertThat(created.err()).contains("'fresh' was created").doesNotContain("has nothing");
    assertThat(ParsedJson.object(run("lag", HUB, "--group", GROUP, "--json").out()).toString())
        .contains("\"lag\":10");
  }

  @ParameterizedTest
  @CsvSource({"nowhere,0", "orders,9"})
  void noContainerIsCreatedForWhatCannotBeDone(String hub, String partition) {
    environment.put("STORAGE_CONTAINER", "fresh");

    Result result =
        run(
            "reset",
            hub,
            "--group",
            GROUP,
            "--to",
            "earliest",
            "--partition",
            partition,
            "--execute");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(containerExists("fresh")).isFalse();
  }

  @Test
  void aPositionThatIsNoneIsWrongUsage() {
    Result result = run("reset", HUB, "--group", GROUP, "--to", "yesterday");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--to", "earliest", "'yesterday'");
    Result everywhere = run("reset", HUB, "--group", GROUP, "--to", "2026-11-29T05:00");
    assertThat(everywhere.exitCode()).isEqualTo(2);
    assertThat(everywhere.err())
        .contains("no zone", "'2026-11-29T05:00Z'", "'2026-11-29T05:00+01:00'");
  }

  @Test
  void aGroupMustBeNamed() {
    assertThat(run("reset", HUB, "--to", "earliest").exitCode()).isEqualTo(2);
  }

  @Test
  void aPartitionThatDoesNotExistIsAFailure() {
    Result result = run("reset", HUB, "--group", GROUP, "--to", "1", "--partition", "9");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("no partition [9]");
  }
}
