// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.pekkoeventhubs.emulator.clients.PageInBrowser;
import io.github.pekkoeventhubs.testkit.AttachedReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** The page of a namespace: its data, what it refuses, and how it looks. */
class UiCommandTest extends CommandTest {

  private static final String CANARY = "CanaryKeyThatNobodyMaySee0123456789";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Running ui(String... arguments) {
    List<String> all = new ArrayList<>(List.of("ui", "--port", "0"));
    all.addAll(List.of(arguments));
    return new Running(all.toArray(new String[0]));
  }

  private static String location(Running ui) {
    return ui.awaitOut("The page is at (http://127\\.0\\.0\\.1:\\d+/)").group(1);
  }

  private static HttpResponse<String> send(String method, String address) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(address))
              .method(method, BodyPublishers.noBody())
              .build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(String address) {
    HttpResponse<String> answer = send("GET", address);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return ParsedJson.object(answer.body());
  }

  @Test
  void thePageShowsPartitionsOwnersCheckpointsAndLag() {
    sendToEach(10);
    checkpoint(GROUP, "0", 6);
    owner(GROUP, "0", "node-a");
    try (Running ui = ui(HUB, "copy", "--group", "Billing,idle")) {
      JsonNode status = json(location(ui) + "status.json");

      assertThat(status.path("place").asText()).isEqualTo("localhost");
      assertThat(status.path("connections").isNull()).isTrue();
      JsonNode hub = status.path("eventHubs").path(0);
      assertThat(hub.path("name").asText()).isEqualTo(HUB);
      assertThat(hub.path("partitions").path(1).path("last").asLong()).isEqualTo(9);
      assertThat(hub.path("groups")).hasSize(2);
      JsonNode first = hub.path("groups").path(0).path("partitions").path("0");
      assertThat(first.path("owner").asText()).isEqualTo("node-a");
      assertThat(first.path("expired").asBoolean()).isFalse();
      assertThat(first.path("checkpoint").asLong()).isEqualTo(6);
      assertThat(first.path("lag").asLong()).isEqualTo(3);
      assertThat(hub.path("groups").path(1).path("used").asBoolean()).isFalse();
      JsonNode empty = status.path("eventHubs").path(1).path("partitions").path(0);
      assertThat(empty.path("last").isNull()).isTrue();
      assertThat(ui.end()).satisfies(result -> assertThat(result.exitCode()).isZero());
    }
  }

  @Test
  void theServicesAreAskedOnlyWhenABrowserAsksAndAtMostOncePerInterval() {
    try (Running ui = ui(HUB, "--interval", "3600")) {
      String location = location(ui);
      String time = json(location + "status.json").path("time").asText();
      sendToEach(1);

      assertThat(json(location + "status.json").path("time").asText()).isEqualTo(time);
    }
  }

  @Test
  void eventsAreReadWithoutCuttingOffAnOwner() {
    sendToEach(30);
    List<String> received = new CopyOnWriteArrayList<>();
    EventHubConsumerAsyncClient client =
        new EventHubClientBuilder()
            .connectionString(eventHubs.connectionString(), HUB)
            .consumerGroup(GROUP)
            .buildAsyncConsumerClient();
    Disposable owner =
        client
            .receiveFromPartition(
                "0", EventPosition.earliest(), new ReceiveOptions().setOwnerLevel(1L))
            .subscribe(event -> received.add(event.getData().getBodyAsString()));
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> received.size() == 30);
    List<AttachedReceiver> owners = eventHubs.receivers();
    assertThat(owners).hasSize(1);
    try (Running ui = ui(HUB);
        Running inTheGroupOfTheOwner = ui(HUB, "--read-through", GROUP)) {
      String events = "events.json?hub=" + HUB + "&partition=0";
      JsonNode newest = json(location(ui) + events + "&count=3");
      JsonNode first = json(location(ui) + events + "&from=0&count=2");
      JsonNode beyond = json(location(ui) + events + "&from=99");
      HttpResponse<String> refused = send("GET", location(inTheGroupOfTheOwner) + events);

      assertThat(newest.path("events"))
          .extracting(event -> event.path("body").asText())
          .containsExactly("0:27", "0:28", "0:29");
      assertThat(first.path("events"))
          .extracting(event -> event.path("sequenceNumber").asLong())
          .containsExactly(0L, 1L);
      assertThat(beyond.path("events")).isEmpty();
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
      assertThat(refused.body()).contains("--read-through", GROUP);
      try (Running tail = new Running("tail", HUB, "--group", GROUP, "--from", "earliest")) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> tail.written.err().contains("name another one by --group"));
      }
      // The looks were no owners, and the owner has the receiver that it had.
      assertThat(eventHubs.receivers())
          .filteredOn(receiver -> receiver.ownerLevel().isPresent())
          .isEqualTo(owners);
      eventHubs.send(HUB, "0", new EventData("for the owner"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> received.contains("for the owner"));
      assertThat(received).hasSize(31);
      assertThat(send("GET", location(ui) + "events.json?hub=" + HUB + "&partition=9").statusCode())
          .isEqualTo(404);
      assertThat(send("GET", location(ui) + "events.json?hub=copy&partition=0").statusCode())
          .isEqualTo(404);
    } finally {
      owner.dispose();
      client.close();
    }
  }

  @Test
  void everythingButReadingIsRefused() throws Exception {
    try (Running ui = ui(HUB)) {
      String location = location(ui);

      for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
        for (String path : List.of("", "status.json", "events.json")) {
          assertThat(send(method, location + path).statusCode()).isEqualTo(405);
        }
      }
      assertThat(send("GET", location + "else").statusCode()).isEqualTo(404);
      assertThat(send("HEAD", location).statusCode()).isEqualTo(200);
      assertThat(send("GET", location).body()).contains("<title>Event Hubs</title>");
      // The name of a page elsewhere that was made to lead to this machine.
      assertThat(rawAnswer(URI.create(location).getPort(), "attacker.example"))
          .startsWith("HTTP/1.1 403")
          .doesNotContain("eventHubs");
      assertThat(rawAnswer(URI.create(location).getPort(), "localhost")).startsWith("HTTP/1.1 200");
    }
  }

  private static String rawAnswer(int port, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        InputStream answer = socket.getInputStream()) {
      socket
          .getOutputStream()
          .write(
              ("GET /status.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void withoutAStorageAccountOnlyEventsAreShownAndAContainerMayComeLater() {
    sendToEach(2);
    environment.put("STORAGE_CONTAINER", "later");
    try (Running ui = ui(HUB)) {
      String location = location(ui);
      assertThat(json(location + "status.json").path("eventHubs").path(0).path("groups")).isEmpty();
      run("reset", HUB, "--group", GROUP, "--to", "latest", "--execute");

      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  json(location + "status.json").path("eventHubs").path(0).path("groups").size()
                      == 1);
    }
    environment.remove("STORAGE_CONTAINER");
    environment.remove("STORAGE_CONNECTION_STRING");
    try (Running ui = ui(HUB)) {
      assertThat(json(location(ui) + "status.json").path("eventHubs").path(0).path("groups"))
          .isEmpty();
      assertThat(ui.written.err()).contains("no storage account is given");
    }
  }

  @Test
  void aCheckpointBeyondTheEndHasNoLag() throws Exception {
    sendToEach(3);
    checkpoint(GROUP, "0", 2);
    eventHubs.recreateEventHub(HUB, 2);
    try (Running ui = ui(HUB)) {
      JsonNode group =
          json(location(ui) + "status.json").path("eventHubs").path(0).path("groups").path(0);

      assertThat(group.path("partitions").path("0").path("checkpoint").asLong()).isEqualTo(2);
      assertThat(group.path("partitions").path("0").path("lag").isNull()).isTrue();
      assertThat(group.path("partitions").path("1").path("lag").asLong(-1)).isZero();
    }
  }

  @Test
  void aServiceThatIsAwayIsSaidOnThePageAndNoSecretIs() {
    environment.put(
        "EVENTHUBS_CONNECTION_STRING",
        eventHubs
            .connectionString()
            .replaceAll("SharedAccessKey=[^;]+", "SharedAccessKey=" + CANARY));
    try (Running ui = ui(HUB)) {
      String location = location(ui);
      assertThat(send("GET", location).body() + send("GET", location + "status.json").body())
          .doesNotContain(CANARY, "AccountKey", "SharedAccessKey");
      blobs.close();

      HttpResponse<String> away =
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .until(
                  () -> send("GET", location + "status.json"),
                  answer -> answer.statusCode() == 503);

      assertThat(ParsedJson.object(away.body()).path("problem").asText())
          .contains("could not be reached");
      Result result = ui.end();
      assertThat(away.body() + result.out() + result.err()).doesNotContain(CANARY);
    }
  }

  @Test
  void whatIsWrongAtTheStartIsSaidThere() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Result result = run("ui", HUB, "--port", String.valueOf(taken.getLocalPort()));

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("port " + taken.getLocalPort(), "--port", "0 for any");
    }
    Result nowhere = run("ui", "nowhere", "--port", "0");
    assertThat(nowhere.exitCode()).isEqualTo(1);
    assertThat(nowhere.err()).contains("nowhere").doesNotContain("\tat ");
    assertThat(run("ui", HUB, "--port", "70000").exitCode()).isEqualTo(2);
    assertThat(run("ui", HUB, "--interval", "0").exitCode()).isEqualTo(2);
    assertThat(run("ui", HUB, "--bind", "no address").exitCode()).isEqualTo(2);
  }

  @Test
  void isRefreshedInABrowserAndReadableOnAPhone() throws Exception {
    for (int i = 0; i < 40; i++) {
      EventData event =
          new EventData(
              "{\"order\":" + i + ",\"customer\":\"customer-7\",\"total\":" + i * 7 + "}");
      event.getProperties().put("source", "import");
      eventHubs.send(HUB, "0", event);
    }
    checkpoint(GROUP, "0", 27);
    eventHubs.send(HUB, "1", new EventData("one"));
    owner(GROUP, "0", "consumer@node-a.example.org:25520#1234567890");
    checkpoint("audit", "0", 39);
    owner("audit", "0", "consumer@node-b.example.org:25520#2345678901");
    owner("audit", "1", "consumer@node-c.example.org:25520#3456789012");
    try (Running ui = ui(HUB);
        PageInBrowser page = PageInBrowser.open(location(ui), HUB, GROUP, "0", "namespace-page")) {
      assertThat(page.next())
          .isEqualTo("{\"connecting\":{\"text\":\"connecting\",\"green\":false}}");
      assertThat(page.next())
          .contains("\"problems\":[]")
          .containsPattern("\"text\":\"as of [^\"]+\",\"green\":true")
          .contains("\"row\":[\"0\",\"40\",\"39\",\"27\",\"12\",\"consumer@node-a");
      assertThat(page.next())
          .contains("\"Lag\":true", "\"Owner\":true", "\"Events\":false", "\"overflow\":false");
      assertThat(page.next())
          .contains("customer-7", "source=import", "\"older\":true", "\"newer\":false");
      eventHubs.send(HUB, "0", new EventData("e"));
      page.eventSent();

      assertThat(page.next()).contains("\"row\":[\"0\",\"41\",\"40\",\"27\",\"13\",");
      assertThat(page.next()).contains("\"lost\"", "\"green\":false");
      page.awaitEnd();
    }
  }
}
