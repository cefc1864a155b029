// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventData;
import com.azure.storage.blob.BlobContainerClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

/** Commands in this process, against the emulators: an event hub of two partitions. */
abstract class CommandTest {

  static final String HUB = "orders";
  static final String GROUP = "billing";
  static final String CONTAINER = "checkpoints";

  final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub("copy", 2).eventHub(HUB, 2).consumerGroup(GROUP).start();
  final BlobEmulator blobs = BlobEmulator.builder().container(CONTAINER).start();
  final Map<String, String> environment = new HashMap<>();

  CommandTest() {
    environment.put("EVENTHUBS_CONNECTION_STRING", eventHubs.connectionString());
    environment.put("STORAGE_CONNECTION_STRING", blobs.connectionString());
    environment.put("STORAGE_CONTAINER", CONTAINER);
  }

  /** What a command has said, and how it has ended. */
  record Result(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  @AfterEach
  void stopTheServices() {
    eventHubs.close();
    blobs.close();
  }

  Result run(String... arguments) {
    return runWith("", arguments);
  }

  Result runWith(String input, String... arguments) {
    SecretFilter secrets = new SecretFilter();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        EventHubs.run(
            new Terminal(
                environment,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                secrets.filtering(new PrintStream(err, true, StandardCharsets.UTF_8)),
                false,
                80,
                Clock.systemUTC()),
            secrets,
            arguments);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  void sendToEach(int eventsPerPartition) {
    for (String partition : List.of("0", "1")) {
      for (int i = 0; i < eventsPerPartition; i++) {
        eventHubs.send(HUB, partition, new EventData(partition + ":" + i));
      }
    }
  }

  PartitionStore store() {
    return BlobPartitionStore.create(
        new BlobContainerClientBuilder()
            .httpClient(new JdkHttpClientBuilder().build())
            .connectionString(blobs.connectionString())
            .containerName(CONTAINER)
            .buildAsyncClient());
  }

  static EventHubPartition partition(String group, String id) {
    return new EventHubPartition("localhost", HUB, group, id);
  }

  void checkpoint(String group, String id, long sequenceNumber) {
    store()
        .createCheckpoint(
            partition(group, id),
            StoredCheckpoint.entriesOf(
                sequenceNumber,
                Objects.requireNonNull(eventHubs.events(HUB, id).get((int) sequenceNumber))
                    .offset()))
        .toCompletableFuture()
        .join();
  }

  long stored(String group, String id) {
    return store()
        .readCheckpoint(partition(group, id))
        .toCompletableFuture()
        .join()
        .orElseThrow()
        .sequenceNumber()
        .orElseThrow();
  }

  void owner(String group, String id, String owner) {
    store().createOwnership(partition(group, id), owner, Map.of()).toCompletableFuture().join();
  }
}
