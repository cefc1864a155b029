// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventData;
import com.azure.storage.blob.BlobContainerClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** Commands in this process, against the emulators: an event hub of two partitions. */
abstract class CommandTest {

  static final String HUB = "orders";
  static final String GROUP = "billing";
  static final String CONTAINER = "checkpoints";

  private static final byte[] NO_INPUT = {};

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
    return runWith(input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  Result runWith(byte[] input, String... arguments) {
    return run(new Written(), false, input, arguments);
  }

  /** The same with a standard input that need not end. */
  Result runReading(InputStream input, String... arguments) {
    Written written = new Written();
    return run(written, written.out, false, input, arguments);
  }

  /** The same, which can be looked at meanwhile. */
  Result runWriting(Written written, String... arguments) {
    return run(written, false, NO_INPUT, arguments);
  }

  /** The same on a terminal with colours. */
  Result runOnATerminal(String... arguments) {
    return run(new Written(), true, NO_INPUT, arguments);
  }

  /** The same where results go elsewhere, such as to a full disk. */
  Result runInto(OutputStream results, String... arguments) {
    return run(new Written(), results, false, new ByteArrayInputStream(NO_INPUT), arguments);
  }

  private Result run(Written written, boolean colours, byte[] input, String... arguments) {
    return run(written, written.out, colours, new ByteArrayInputStream(input), arguments);
  }

  private Result run(
      Written written,
      OutputStream results,
      boolean colours,
      InputStream input,
      String... arguments) {
    SecretFilter secrets = new SecretFilter();
    int exitCode =
        EventHubs.run(
            new Terminal(
                environment,
                input,
                Results.to(results),
                secrets.filtering(new PrintStream(written.err, true, StandardCharsets.UTF_8)),
                colours,
                80,
                Clock.systemUTC()),
            secrets,
            arguments);
    return new Result(exitCode, written.out(), written.err());
  }

  /** What a command has written so far. */
  static final class Written {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    String out() {
      return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
      return err.toString(StandardCharsets.UTF_8);
    }
  }

  /** A command that goes on until it is interrupted, on a terminal with colours. */
  final class Running implements AutoCloseable {
    final Written written = new Written();
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final Thread thread;

    Running(String... arguments) {
      thread =
          new Thread(
              () -> result.complete(run(written, true, NO_INPUT, arguments)), "command-that-runs");
      thread.start();
    }

    /** Waits for it to have written something that matches. */
    Matcher awaitOut(String regex) {
      return await(written::out, regex);
    }

    /** Waits for it to have said something on standard error that matches. */
    Matcher awaitErr(String regex) {
      return await(written::err, regex);
    }

    private Matcher await(Supplier<String> text, String regex) {
      Pattern pattern = Pattern.compile(regex);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                if (result.isDone()) {
                  throw new AssertionError("the command has ended: " + result.join());
                }
                return pattern.matcher(text.get()).find();
              });
      Matcher found = pattern.matcher(text.get());
      assertThat(found.find()).isTrue();
      return found;
    }

    /** Interrupts it, as Ctrl-C does, and waits for its end. */
    Result end() {
      thread.interrupt();
      return result.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
      end();
    }
  }

  void sendToEach(int eventsPerPartition) {
    for (String partition : List.of("0", "1")) {
      for (int i = 0; i < eventsPerPartition; i++) {
        eventHubs.send(HUB, partition, new EventData(partition + ":" + i));
      }
    }
  }

  PartitionStore store() {
    return store(CONTAINER);
  }

  PartitionStore store(String container) {
    return BlobPartitionStore.create(
        new BlobContainerClientBuilder()
            .httpClient(new JdkHttpClientBuilder().build())
            .connectionString(blobs.connectionString())
            .containerName(container)
            .buildAsyncClient(),
        // Nobody repeats the requests of the tests themselves.
        Duration.ofSeconds(30));
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

  /** A checkpoint that somebody has corrected by hand, and wrongly. */
  void unreadableCheckpoint(String group, String id) {
    EventHubPartition partition = partition(group, id);
    Map<String, String> entries = StoredCheckpoint.entriesOf(0, "also rubbish");
    entries.put(StoredCheckpoint.SEQUENCE_NUMBER, "rubbish");
    store()
        .readCheckpoint(partition)
        .thenCompose(
            found ->
                found.isPresent()
                    ? store().replaceCheckpoint(partition, entries, found.get().version())
                    : store().createCheckpoint(partition, entries))
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

  /** A claim as this library makes it, which has lasted for so long. */
  void owner(String group, String id, String owner, Duration since) {
    Instant claimed = Instant.now().minus(since);
    Map<String, String> entries =
        Map.of(
            StoredOwnership.CLAIM_TOKEN,
            "token",
            StoredOwnership.CLAIMED_SINCE,
            Long.toString(claimed.toEpochMilli()));
    store().createOwnership(partition(group, id), owner, entries).toCompletableFuture().join();
  }

  void owner(String group, String id, String owner) {
    owner(CONTAINER, group, id, owner);
  }

  void owner(String container, String group, String id, String owner) {
    store(container)
        .createOwnership(partition(group, id), owner, Map.of())
        .toCompletableFuture()
        .join();
  }
}
