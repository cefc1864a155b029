// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerClient;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.PageInBrowser;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page of the stand-alone emulators, as a browser and as its JSON document show it. */
class EmulatorPageTest {

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub(HUB, 2).consumerGroup("billing").start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
  private final JavaClients clients = new JavaClients(eventHubs);

  @BeforeEach
  void fill() {
    EmulatorPageData.publish(eventHubs, blobs);
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
    assertThat(page.body()).contains("answerOf(\"status.json\")").doesNotContain("AccountKey");
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
        .contains("{\"name\":\"" + GROUP + "\",\"used\":true,\"partitions\":{\"0\":")
        .contains("{\"id\":\"1\",\"first\":0,\"last\":0,\"events\":1}")
        .contains("\"receivers\":1")
        .contains("\"name\":\"billing\"")
        .contains("azure-messaging-eventhubs");
  }

  @Test
  void showsEventsOfAPartition() throws Exception {
    assertThat(get("/events.json?hub=" + HUB + "&partition=0&count=2").body())
        .startsWith(
            "{\"partition\":\"0\",\"first\":0,\"last\":2,\"events\":[{\"sequenceNumber\":1,")
        .contains("\"body\":\"b\"", "\"body\":\"c\"")
        .doesNotContain("\"body\":\"a\"");
    assertThat(get("/events.json?hub=" + HUB + "&partition=0&from=0&count=1").body())
        .contains("\"body\":\"a\"")
        .doesNotContain("\"body\":\"b\"");
    assertThat(get("/events.json?hub=" + HUB + "&partition=9").statusCode()).isEqualTo(404);
    assertThat(get("/events.json?hub=nowhere&partition=0").statusCode()).isEqualTo(404);
  }

  @Test
  void anOwnerThatIsGoneForLongHasAnExpiredClaim() throws Exception {
    assertThat(get("/status.json").body())
        .contains("\"expired\":false")
        .doesNotContain("\"expired\":true");
    blobs.jumpClock(Duration.ofMinutes(-3));
    BlobClients.put(
        BlobClients.container(blobs.connectionString(), "checkpoints")
            .getBlobClient("localhost/" + HUB + "/billing/ownership/0"),
        Map.of("ownerid", "gone"));

    assertThat(get("/status.json").body()).contains("\"owner\":\"gone\",\"expired\":true");
  }

  @Test
  void isRefreshedInABrowser() throws Exception {
    try (PageInBrowser page =
        PageInBrowser.open(
            "http://127.0.0.1:" + blobs.port() + "/", HUB, "billing", "0", "emulator-page")) {
      assertThat(page.next())
          .isEqualTo("{\"connecting\":{\"text\":\"connecting\",\"green\":false}}");
      assertThat(page.next())
          .contains("\"title\":\"Event Hubs on this machine\"")
          .contains("\"problems\":[]")
          .containsPattern("\"text\":\"as of [^\"]+\",\"green\":true")
          .contains(row(3, 2, 1, 1))
          .containsPattern(
              "\"connections\":\\[\"[^\"]+\",\"azure-messaging-eventhubs[^\"]*\",\""
                  + HUB
                  + "\",\"1\",\"0\",\"[^\"]+\"\\]");
      assertThat(page.next())
          .contains("\"Checkpoint\":true", "\"Lag\":true", "\"Owner\":true", "\"overflow\":false");
      assertThat(page.next())
          .contains("\"bodies\":[\"a\",\"b\",\"c\"]", "\"older\":false", "\"newer\":false");
      eventHubs.send(HUB, "0", new EventData("e"));
      page.eventSent();

      assertThat(page.next()).contains(row(4, 3, 1, 2)).contains("\"problems\":[]");
      assertThat(page.next())
          .isEqualTo("{\"lost\":{\"text\":\"the store is away\",\"green\":false}}");
      page.awaitEnd();
    }
  }

  /** Returns the page's row of partition 0, which has no receiver. */
  private static String row(int events, int last, int checkpoint, int lag) {
    return "\"row\":[\"0\",\"%d\",\"%d\",\"%d\",\"%d\",\"0\",\"node<1>\\\"quoted\\\"\"]"
        .formatted(events, last, checkpoint, lag);
  }

  /** The name of a page elsewhere may have been made to lead to this machine. */
  @Test
  void answersOnlyToTheNamesOfThisMachine() throws Exception {
    for (String path : List.of("/", "/status.json", "/events.json?hub=" + HUB + "&partition=0")) {
      assertThat(answer(path, "attacker.example"))
          .startsWith("HTTP/1.1 403")
          .endsWith("The page is at http://127.0.0.1:" + blobs.port() + "/\n");
      for (String name : List.of("localhost", "127.0.0.1", "[::1]")) {
        assertThat(answer(path, name)).startsWith("HTTP/1.1 200");
        assertThat(answer(path, name + ":10000")).startsWith("HTTP/1.1 200");
      }
    }
    assertThat(answer("/devstoreaccount1?comp=list", "attacker.example"))
        .as("the service asks for a key, and has any name")
        .startsWith("HTTP/1.1 401");
  }

  private String answer(String path, String host) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), blobs.port());
        InputStream answer = socket.getInputStream()) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + blobs.port() + path)).build(),
            BodyHandlers.ofString());
  }
}
