// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.pekkoeventhubs.cli.CommandTest.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both jars, as built: the commands in processes of their own, against emulators in another one,
 * which checks the signatures of connection strings. The container for checkpoints does not exist.
 */
class StandaloneEmulatorIT {

  private static final Path EMULATOR =
      Path.of(Objects.requireNonNull(System.getProperty("emulator.jar"), "emulator.jar"));
  private static final String HUB = "orders";
  private static final String GROUP = "billing";
  private static final String CONTAINER = "checkpoints";
  private static final String KEY = "Q2FuYXJ5S2V5VGhhdE5vYm9keU1heVNlZQ==";

  @TempDir Path directory = Path.of("");

  private final List<String> greeting = new CopyOnWriteArrayList<>();
  private Process emulators;

  @BeforeEach
  void start() throws Exception {
    emulators =
        new ProcessBuilder(
                JarProcesses.java(),
                "-jar",
                EMULATOR.toString(),
                "--event-hub",
                HUB + ":2",
                "--consumer-group",
                GROUP,
                "--amqp-port",
                "0",
                "--blob-port",
                "0",
                "--sas-key",
                KEY,
                "--blob-container",
                "of-others")
            .redirectErrorStream(true)
            .start();
    Thread reading = new Thread(this::read, "output-of-the-emulators");
    reading.setDaemon(true);
    reading.start();
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> greeting.stream().anyMatch(line -> line.startsWith("Everything is ")));
  }

  private void read() {
    try (BufferedReader reader = emulators.inputReader(UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        greeting.add(line.strip());
      }
    } catch (IOException stopped) {
      // The process was killed.
    }
  }

  @AfterEach
  void stop() throws Exception {
    emulators.destroy();
    assertThat(emulators.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private String line(String beginning) {
    return greeting.stream().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  private String eventHubs() {
    return line("Endpoint=sb://");
  }

  private String storage() {
    return line("DefaultEndpointsProtocol=");
  }

  /** Everything comes from the environment. */
  private Result eventhubs(String input, String... arguments) throws Exception {
    return new JarProcesses(directory)
        .run(
            Map.of(
                "EVENTHUBS_CONNECTION_STRING", eventHubs(),
                "STORAGE_CONNECTION_STRING", storage(),
                "STORAGE_CONTAINER", CONTAINER),
            input,
            arguments);
  }

  /** Everything comes from options. */
  private Result withOptions(String container, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--connection-string", eventHubs()));
    all.addAll(List.of("--storage-connection-string", storage()));
    all.addAll(List.of("--container", container));
    return new JarProcesses(directory).run(Map.of(), "", all.toArray(new String[0]));
  }

  private boolean exists(String container) {
    return new BlobContainerClientBuilder()
        .httpClient(new JdkHttpClientBuilder().build())
        .connectionString(storage())
        .containerName(container)
        .buildClient()
        .exists();
  }

  private static Result succeeded(Result result) {
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }

  private static List<JsonNode> partitions(Result lag) {
    List<JsonNode> partitions = new ArrayList<>();
    ParsedJson.object(succeeded(lag).out()).path("partitions").forEach(partitions::add);
    return partitions;
  }

  @Test
  void sendsTailsShowsTheLagAndResets() throws Exception {
    succeeded(eventhubs("one\ntwo\nthree\n", "send", HUB));
    Result tail = eventhubs("", "tail", HUB, "--from", "earliest", "--until", "now", "--json");
    assertThat(ParsedJson.lines(succeeded(tail).out()))
        .extracting(event -> event.path("body").asText())
        .containsExactlyInAnyOrder("one", "two", "three");

    List<JsonNode> before = partitions(eventhubs("", "lag", HUB, "--group", GROUP, "--json"));
    assertThat(before).hasSize(2);
    assertThat(before)
        .allSatisfy(
            partition -> {
              for (String key :
                  List.of("partition", "owner", "checkpoint", "lastEnqueued", "lag", "lagMillis")) {
                assertThat(partition.has(key)).as(key).isTrue();
              }
            });
    assertThat(before.stream().mapToLong(partition -> partition.path("lag").asLong()).sum())
        .isEqualTo(3);

    Result dryRun = eventhubs("", "reset", HUB, "--group", GROUP, "--to", "latest");
    assertThat(dryRun.exitCode()).isZero();
    assertThat(exists(CONTAINER)).as("a look creates no container").isFalse();
    Result told =
        eventhubs(
            "",
            "reset",
            HUB,
            "--group",
            GROUP,
            "--to",
            "latest",
            "--execute",
            "--no-create-container");
    assertThat(told.exitCode()).isPositive();
    assertThat(exists(CONTAINER)).as("it was told to create none").isFalse();

    succeeded(eventhubs("", "reset", HUB, "--group", GROUP, "--to", "latest", "--execute"));
    assertThat(exists(CONTAINER)).isTrue();
    assertThat(partitions(eventhubs("", "lag", HUB, "--group", GROUP, "--json")))
        .extracting(partition -> partition.path("lag").asLong())
        .containsOnly(0L);
  }

  @Test
  void takesOptionsInThePlaceOfTheEnvironment() throws Exception {
    succeeded(eventhubs("one\n", "send", HUB, "--partition", "0"));
    Result reset =
        withOptions("elsewhere", "reset", HUB, "--group", GROUP, "--to", "latest", "--execute");
    assertThat(succeeded(reset).err()).contains("container 'elsewhere' was created");
    assertThat(exists("elsewhere")).isTrue();
    assertThat(exists(CONTAINER)).isFalse();

    // The option wins over the variable.
    Result there =
        eventhubs("", "lag", HUB, "--group", GROUP, "--json", "--container", "elsewhere");
    assertThat(partitions(there).get(0).path("checkpoint").asLong()).isZero();
    Result here = eventhubs("", "lag", HUB, "--group", GROUP, "--json");
    assertThat(partitions(here).get(0).path("checkpoint").isNull()).isTrue();

    Result refused =
        eventhubs("", "describe", HUB, "--connection-string", eventHubs().replace(KEY, "d3Jvbmc="));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err() + refused.out()).doesNotContain("d3Jvbmc=");
  }
}
