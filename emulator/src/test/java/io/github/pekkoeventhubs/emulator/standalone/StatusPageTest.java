// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerClient;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.NodeTools;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page of the stand-alone emulators, as a browser and as its JSON document show it. */
class StatusPageTest {

  private static final List<String> BROWSERS =
      List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub(HUB, 2).consumerGroup("billing").start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
  private final JavaClients clients = new JavaClients(eventHubs);

  @BeforeEach
  void fill() {
    StatusPage.publish(eventHubs, blobs);
    BlobContainerClient container = BlobClients.container(blobs.connectionString(), "checkpoints");
    String group = "localhost/" + HUB + "/billing/";
    BlobClients.put(
        container.getBlobClient(group + "ownership/0"), Map.of("ownerid", "node<1>\"quoted\""));
    BlobClients.put(
        container.getBlobClient(group + "checkpoint/0"),
        Map.of("sequencenumber", "1", "offset", "8"));
    eventHubs.send(HUB, "0", new EventData("a"), new EventData("b"), new EventData("c"));
    eventHubs.send(HUB, "1", new EventData("d"));
    clients.receive("1", EventPosition.earliest()).awaitBodies("d");
  }

  @AfterEach
  void close() {
    clients.close();
    eventHubs.close();
    blobs.close();
  }

  @Test
  void answersBrowsersWithoutAKey() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.body()).contains("fetch(\"status.json\"").doesNotContain("AccountKey");
    assertThat(get("/" + "devstoreaccount1?comp=list").statusCode()).isEqualTo(401);
  }

  @Test
  void tellsPartitionsOwnersCheckpointsAndConnections() throws Exception {
    String json = get("/status.json").body();

    assertThat(json)
        .contains("\"name\":\"" + HUB + "\"")
        .contains("{\"id\":\"0\",\"first\":0,\"last\":2,\"events\":3}")
        .contains("\"checkpoint\":1")
        .contains("\"owner\":\"node\\u003c1>\\\"quoted\\\"\"")
        .contains("{\"name\":\"" + GROUP + "\",\"partitions\":{\"1\":")
        .contains("\"name\":\"billing\"")
        .contains("azure-messaging-eventhubs");
  }

  @Test
  void isRefreshedInABrowser() throws Exception {
    Optional<Path> browser = browser();
    assumeTrue(browser.isPresent(), "none of " + BROWSERS + " is on the PATH");
    Path screenshot = NodeTools.install().resolve("status-page.png");

    Process driver =
        NodeTools.start(
            "status-page.mjs",
            browser.orElseThrow().toString(),
            "http://127.0.0.1:" + blobs.port() + "/",
            HUB,
            "billing",
            "0",
            screenshot.toString());
    try (BufferedReader lines = driver.inputReader(UTF_8);
        BufferedWriter go = driver.outputWriter(UTF_8)) {
      String first = lines.readLine();
      assertThat(first)
          .contains("\"title\":\"Event Hubs on this machine\"")
          .contains("\"problems\":[]")
          .contains("as of")
          .contains(row(3, 2, 1, 1))
          .containsPattern(
              "\"connections\":\\[\"[^\"]+\",\"azure-messaging-eventhubs[^\"]*\",\""
                  + HUB
                  + "\",\"1\",\"0\",\"[^\"]+\"\\]");
      eventHubs.send(HUB, "0", new EventData("e"));
      go.write("sent\n");
      go.flush();

      assertThat(lines.readLine()).contains(row(4, 3, 1, 2)).contains("\"problems\":[]");
      assertThat(driver.waitFor()).isZero();
      assertThat(Files.size(screenshot)).isPositive();
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
    }
  }

  /** Returns the page's row of partition 0, which has no receiver. */
  private static String row(int events, int last, int checkpoint, int lag) {
    return "\"row\":[\"0\",\"%d\",\"%d\",\"%d\",\"%d\",\"0\",\"node<1>\\\"quoted\\\"\"]"
        .formatted(events, last, checkpoint, lag);
  }

  private static Optional<Path> browser() {
    return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
        .flatMap(folder -> BROWSERS.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + blobs.port() + path)).build(),
            BodyHandlers.ofString());
  }
}
