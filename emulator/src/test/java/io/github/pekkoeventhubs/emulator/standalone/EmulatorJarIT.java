// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stand-alone jar, as built, in a JVM of its own with nothing else on its class path. */
class EmulatorJarIT {

  private static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("emulator.jar"), "emulator.jar"));
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String LAST_LINE = "Everything is ";

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void kill() {
    started.forEach(process -> process.destroyForcibly().onExit().join());
  }

  @Test
  void printsConnectionStringsThatTheOfficialClientsUse() throws Exception {
    Process emulators =
        start(
            "--event-hub",
            "orders:2",
            "--consumer-group",
            "billing",
            "--amqp-port",
            "0",
            "--blob-port",
            "0");
    List<String> greeting = readGreeting(emulators);

    assertThat(greeting)
        .anyMatch(line -> line.matches("Event Hubs listens on port \\d+ and has"))
        .contains("  orders with 2 partitions and the consumer groups $Default, billing");
    sendsAndReceives(lineWith(greeting, "Endpoint=sb://"));
    claims(lineWith(greeting, "DefaultEndpointsProtocol="), "checkpoints");
    stopsOnRequest(emulators);
  }

  @Test
  void takesOnlyTheGivenKeyAndMakesTheGivenContainers() throws Exception {
    List<String> greeting =
        readGreeting(
            start(
                "--event-hub",
                "orders:2",
                "--consumer-group",
                "billing",
                "--amqp-port",
                "0",
                "--blob-port",
                "0",
                "--sas-key",
                "c2VjcmV0",
                "--blob-container",
                "offsets",
                "--blob-container",
                "owners"));
    String connectionString = lineWith(greeting, "Endpoint=sb://");

    assertThat(connectionString).contains("SharedAccessKey=c2VjcmV0");
    sendsAndReceives(connectionString);
    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(() -> sendsAndReceives(connectionString.replace("c2VjcmV0", "d3Jvbmc=")))
        .satisfies(
            error ->
                assertThat(error.getErrorCondition())
                    .isEqualTo(AmqpErrorCondition.UNAUTHORIZED_ACCESS));
    claims(lineWith(greeting, "DefaultEndpointsProtocol="), "offsets");
    claims(lineWith(greeting, "DefaultEndpointsProtocol="), "owners");
  }

  @Test
  void showsAPageAndKeepsWhatItHas(@TempDir Path directory) throws Exception {
    String[] arguments = {
      "--event-hub",
      "orders:2",
      "--consumer-group",
      "billing",
      "--amqp-port",
      "0",
      "--blob-port",
      "0",
      "--persist",
      directory.toString()
    };
    long start = System.nanoTime();
    Process first = start(arguments);
    List<String> greeting = readGreeting(first);
    System.out.println(
        "figure emulator-jar-start-milliseconds " + (System.nanoTime() - start) / 1_000_000);
    assertThat(greeting).anyMatch(line -> line.contains("is kept in " + directory));
    sendsAndReceives(lineWith(greeting, "Endpoint=sb://"));
    claims(lineWith(greeting, "DefaultEndpointsProtocol="), "checkpoints");
    assertThat(page(greeting)).contains("<title>Event Hubs on this machine</title>");
    stopsOnRequest(first);

    List<String> again = readGreeting(start(arguments));
    assertThat(sequenceNumberOfTheLast(lineWith(again, "Endpoint=sb://"))).isZero();
    assertIsClaimed(checkpointStore(lineWith(again, "DefaultEndpointsProtocol="), "checkpoints"));
  }

  private static String page(List<String> greeting) throws Exception {
    String line = lineWith(greeting, "See what is in them at ");
    URI address = URI.create(line.substring(line.indexOf("http")));
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }

  private static long sequenceNumberOfTheLast(String connectionString) {
    try (EventHubConsumerClient consumer =
        new EventHubClientBuilder()
            .connectionString(connectionString, "orders")
            .consumerGroup("billing")
            .buildConsumerClient()) {
      return consumer.getPartitionProperties("1").getLastEnqueuedSequenceNumber();
    }
  }

  @Test
  void explainsAPortThatIsTaken() throws Exception {
    try (BlobEmulator other = BlobEmulator.start()) {
      Process emulators =
          start(
              "--event-hub",
              "orders:2",
              "--amqp-port",
              "0",
              "--blob-port",
              Integer.toString(other.port()));

      assertThat(output(emulators))
          .contains("port " + other.port() + " (Address already in use)")
          .doesNotContain("\tat ");
      assertThat(emulators.exitValue()).isEqualTo(1);
    }
  }

  @Test
  void explainsADirectoryThatIsNone(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    Process emulators =
        start(
            "--event-hub",
            "orders:2",
            "--amqp-port",
            "0",
            "--blob-port",
            "0",
            "--persist",
            file.toString());

    assertThat(output(emulators))
        .contains("kept in " + file + ": " + file + " is no directory")
        .doesNotContain("stop the emulator")
        .doesNotContain("\tat ");
    assertThat(emulators.exitValue()).isEqualTo(1);
  }

  @Test
  void explainsWrongArgumentsAndHelps() throws Exception {
    Process wrong = start("--event-hub", "orders");
    assertThat(output(wrong)).contains("--help lists the options").doesNotContain("\tat ");
    assertThat(wrong.exitValue()).isEqualTo(2);

    Process help = start("--help");
    assertThat(output(help)).contains("--event-hub NAME:PARTITIONS");
    assertThat(help.exitValue()).isZero();
  }

  private static void sendsAndReceives(String connectionString) {
    EventHubClientBuilder builder =
        new EventHubClientBuilder()
            .connectionString(connectionString, "orders")
            .consumerGroup("billing");
    try (EventHubProducerClient producer = builder.buildProducerClient();
        EventHubConsumerClient consumer = builder.buildConsumerClient()) {
      producer.send(List.of(new EventData("hello")), new SendOptions().setPartitionId("1"));

      assertThat(consumer.receiveFromPartition("1", 1, EventPosition.earliest(), TIMEOUT))
          .singleElement()
          .satisfies(event -> assertThat(event.getData().getBodyAsString()).isEqualTo("hello"));
    }
  }

  private static BlobCheckpointStore checkpointStore(String connectionString, String container) {
    return new BlobCheckpointStore(BlobClients.asyncContainer(connectionString, container));
  }

  private static void claims(String connectionString, String container) {
    BlobCheckpointStore store = checkpointStore(connectionString, container);
    PartitionOwnership wanted =
        new PartitionOwnership()
            .setFullyQualifiedNamespace("localhost")
            .setEventHubName("orders")
            .setConsumerGroup("billing")
            .setPartitionId("1")
            .setOwnerId("me");

    assertThat(store.claimOwnership(List.of(wanted)).collectList().block(TIMEOUT)).hasSize(1);
    assertIsClaimed(store);
  }

  private static void assertIsClaimed(BlobCheckpointStore store) {
    assertThat(store.listOwnership("localhost", "orders", "billing").collectList().block(TIMEOUT))
        .singleElement()
        .satisfies(ownership -> assertThat(ownership.getOwnerId()).isEqualTo("me"));
  }

  /** SIGTERM, to which a JVM that ends in order answers with 128 + 15. */
  private static void stopsOnRequest(Process emulators) throws InterruptedException {
    emulators.destroy();

    assertThat(emulators.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(emulators.exitValue()).isEqualTo(143);
  }

  private Process start(String... arguments) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-jar", JAR.toString()));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private static List<String> readGreeting(Process emulators) {
    return CompletableFuture.supplyAsync(
            () -> {
              List<String> lines = new ArrayList<>();
              try {
                BufferedReader reader = emulators.inputReader(UTF_8);
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                  lines.add(line);
                  if (line.startsWith(LAST_LINE)) {
                    return lines;
                  }
                }
              } catch (IOException killed) {
                lines.add(killed.toString());
              }
              throw new AssertionError("The emulators did not start: " + lines);
            })
        .orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  private static String output(Process process) throws Exception {
    String output =
        CompletableFuture.supplyAsync(() -> process.inputReader(UTF_8).lines().toList())
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .toString();
    assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static String lineWith(List<String> lines, String start) {
    return lines.stream()
        .map(String::trim)
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow();
  }
}
