// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The application in a process of its own, from its start to a SIGTERM. */
@DisabledOnOs(OS.WINDOWS)
class OrdersApplicationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub("orders", 2).consumerGroup("billing").start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final JavaProcess application = start();

  private JavaProcess start() {
    JavaProcess process =
        JavaProcess.of(OrdersApplication.class)
            .withOptions("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .withArguments("--server.port=0")
            .withEnvironment(
                Map.of(
                    "EVENT_HUBS_CONNECTION_STRING", eventHubs.connectionString(),
                    "STORAGE_CONNECTION_STRING", blobs.connectionString()))
            .withErrorsAsReports()
            .start("orders");
    process.readReports(log::add, () -> {});
    return process;
  }

  @AfterEach
  void stop() {
    application.close();
    eventHubs.close();
    blobs.close();
  }

  private long billed() {
    return log.stream().filter(line -> line.contains("billed order")).count();
  }

  private void send(int orders) {
    for (int number = 0; number < orders; number++) {
      eventHubs.send("orders", String.valueOf(number % 2), new EventData("order " + number));
    }
  }

  private HttpResponse<String> get(String path) {
    String port =
        log.stream()
            .map(PORT::matcher)
            .filter(Matcher::find)
            .map(matcher -> matcher.group(1))
            .findFirst()
            .orElseThrow();
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void awaitReadiness(int expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get("health/readiness").statusCode()).isEqualTo(expected));
  }

  @Test
  void showsHealthAndMetersAndDrainsAtASigterm() {
    await().atMost(PATIENCE).until(() -> log.stream().anyMatch(PORT.asPredicate()));
    awaitReadiness(OK);
    assertThat(get("health/liveness").body()).contains("streamProgress", "UP");
    send(20);
    await().atMost(PATIENCE).until(() -> billed() == 20);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("prometheus").body())
                    .contains("pekko_eventhubs_")
                    .contains("orders"));

    blobs.faults().always().answer(500, "InternalError");
    send(2);
    awaitReadiness(UNAVAILABLE);
    assertThat(get("health/liveness").statusCode()).as("an outage of others").isEqualTo(OK);
    blobs.faults().clear();
    awaitReadiness(OK);

    application.terminate();
    application.awaitEnd(PATIENCE);
    assertThat(billed()).isEqualTo(22);
    assertThat(stored("checkpoint", "sequencenumber")).containsExactly("10", "10");
    assertThat(stored("ownership", "ownerid")).as("released").containsExactly("", "");
  }

  private List<String> stored(String kind, String entry) {
    return blobs.blobs("checkpoints").stream()
        .filter(blob -> blob.name().contains("/" + kind + "/"))
        .map(blob -> blob.metadata().get(entry))
        .toList();
  }
}
