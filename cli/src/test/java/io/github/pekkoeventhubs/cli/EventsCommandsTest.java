// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sending, reading and replaying. */
class EventsCommandsTest extends CommandTest {

  @Test
  void eachLineOfStandardInputIsAnEventThatTailShows() {
    Result sent =
        runWith("one\ntwo\n\"three\" \u00fc\n", "send", HUB, "--key", "k", "--property", "a=b");

    assertThat(sent.exitCode()).isZero();
    assertThat(sent.out()).isEqualTo("sent 3 events\n");
    Result read = run("tail", HUB, "--from", "earliest", "--until", "now", "--json");
    assertThat(read.err()).isEmpty();
    assertThat(read.exitCode()).isZero();
    List<JsonNode> events = ParsedJson.lines(read.out());
    assertThat(events)
        .extracting(event -> event.path("body").asText())
        .containsExactly("one", "two", "\"three\" \u00fc");
    JsonNode first = events.get(0);
    assertThat(first.path("sequenceNumber").asLong()).isZero();
    assertThat(first.path("partitionKey").asText()).isEqualTo("k");
    assertThat(first.path("properties").path("a").asText()).isEqualTo("b");
    assertThat(first.path("offset").isTextual()).isTrue();
    assertThat(first.path("enqueuedTime").asText()).endsWith("Z");
  }

  @Test
  void tailOfAnEmptyEventHubUntilNowEndsAtOnce() {
    Result result = run("tail", HUB, "--from", "earliest", "--until", "now", "--json");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEmpty();
  }

  @Test
  void tailReadsFromATimeAndThroughAFilter() {
    sendToEach(5);

    assertThat(run("tail", HUB, "--from", "-10m", "--until", "now", "--filter", ":[34]$|:4").out())
        .contains("0:4", "1:4")
        .doesNotContain("0:1");
    assertThat(run("tail", HUB, "--from", "-10m", "--until", "now").lines()).hasSize(10);
    assertThat(run("tail", HUB, "--from", "latest", "--until", "now").lines()).isEmpty();
    assertThat(run("tail", HUB, "--from", "earliest", "--until", "2020-01-01").lines()).isEmpty();
    assertThat(run("tail", HUB, "--from", "earliest", "--until", "now", "--partition", "1").lines())
        .hasSize(5);
    assertThat(run("tail", HUB, "--from", "earliest", "--count", "2").lines()).hasSize(2);
    String soon = Instant.now().plusSeconds(1).toString();
    assertThat(run("tail", HUB, "--from", "earliest", "--until", soon).lines()).hasSize(10);
  }

  @Test
  void aBodyThatIsNoTextIsShownInBase64AndControlCharactersAreNot(@TempDir Path directory)
      throws Exception {
    Path file = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});
    run("send", HUB, "--whole", file.toString());
    runWith("\u001b[31mred\n", "send", HUB);

    Result json = run("tail", HUB, "--from", "earliest", "--until", "now", "--json");
    Result text = run("tail", HUB, "--from", "earliest", "--until", "now");

    assertThat(json.out()).contains("\"bodyBase64\":\"/wAB\"");
    assertThat(text.out()).contains("base64:/wAB", "[31mred").doesNotContain("\u001b");
  }

  /** A screen obeys U+009B as it does ESC [, and U+202E turns the text that follows. */
  @Test
  void otherCharactersThatAScreenObeysAreNotShownEither() {
    runWith("\u009b31mred\u202egnp.exe\u2028next\n", "send", HUB);

    assertThat(run("tail", HUB, "--from", "earliest", "--until", "now").out())
        .contains(" 31mred gnp.exe next")
        .doesNotContain("\u009b", "\u202e", "\u2028");
  }

  @Test
  void filesAreSentLineByLineToOnePartition(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("lines");
    Files.writeString(file, "a\nb\n", StandardCharsets.UTF_8);

    run("send", HUB, "--partition", "1", file.toString());

    assertThat(eventHubs.events(HUB, "1")).hasSize(2);
  }

  /** A terminal need not write UTF-8, and a file need not be text. */
  @Test
  void theBytesOfALineAreSentAsTheyAre(@TempDir Path directory) throws Exception {
    byte[] latin1 = "one\r\ngr\u00fcn\n\n\rlast".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(directory.resolve("lines"), latin1);

    assertThat(runWith(latin1, "send", HUB, "--partition", "0"))
        .isEqualTo(new Result(0, "sent 5 events\n", ""));
    assertThat(run("send", HUB, "--partition", "1", file.toString(), file.toString()))
        .isEqualTo(new Result(0, "sent 10 events\n", ""));

    List<String> expected = List.of("one", "gr\u00fcn", "", "", "last");
    assertThat(bodies("0")).isEqualTo(expected);
    assertThat(bodies("1").subList(0, 5)).isEqualTo(expected);
    assertThat(bodies("1").subList(5, 10)).isEqualTo(expected);
  }

  private List<String> bodies(String partition) {
    return eventHubs.events(HUB, partition).stream()
        .map(event -> new String(event.body(), StandardCharsets.ISO_8859_1))
        .toList();
  }

  /** Of the lines before the one that fails each is in a batch before it. */
  @Test
  void aFailedSendSaysHowManyEventsWereSent(@TempDir Path directory) throws Exception {
    String tooLarge = "x".repeat(2_000_000);
    Path first = Files.writeString(directory.resolve("first"), "a\nb\n");
    Path second = Files.writeString(directory.resolve("second"), "c\n" + tooLarge + "\nd\n");

    Result text = run("send", HUB, first.toString(), second.toString());
    Result none = runWith(tooLarge, "send", HUB);
    Result json = runWith("a\nb\n" + tooLarge, "send", HUB, "--key", "k", "--json");

    assertThat(text.exitCode()).isEqualTo(1);
    assertThat(text.out()).isEmpty();
    assertThat(text.err().lines())
        .first()
        .isEqualTo(
            "eventhubs: sent 3 events before the failure, up to line 1 of '"
                + second
                + "'; send what follows again, of which some may be stored already");
    assertThat(none.err()).startsWith("eventhubs: sent 0 events before the failure; send");
    assertThat(json.exitCode()).isEqualTo(1);
    JsonNode object = ParsedJson.lines(json.out()).get(0);
    assertThat(object.path("eventHub").asText()).isEqualTo(HUB);
    assertThat(object.path("sent").asLong()).isEqualTo(2);
    assertThat(object.path("lastFile").isNull()).isTrue();
    assertThat(object.path("lastLine").asLong()).isEqualTo(2);
    assertThat(object.path("failure").asText()).isNotEmpty();
    assertThat(json.err()).contains(object.path("failure").asText());
    assertThat(bodies("0").size() + bodies("1").size()).isEqualTo(5);
  }

  @Test
  void aSendSaysInJsonWhatWasSent(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("whole"), "a\nb\n");

    Result whole = run("send", HUB, "--whole", "--json", file.toString());
    Result empty = run("send", HUB, "--json");

    assertThat(whole)
        .isEqualTo(
            new Result(
                0,
                "{\"eventHub\":\"orders\",\"sent\":1,\"lastFile\":\""
                    + file
                    + "\",\"lastLine\":null,\"failure\":null}\n",
                ""));
    assertThat(empty.out()).contains("\"sent\":0,\"lastFile\":null,\"lastLine\":null");
  }

  @Test
  void aFailedReplaySaysHowManyEventsWereSent() {
    runWith("one\ntwo\n", "send", HUB, "--partition", "1");
    eventHubs.faults().rejectNextSends(1, "amqp:not-allowed");

    Result result = run("replay", HUB, "copy");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("eventhubs: sent 0 events before the failure, or a few");
  }

  /** The keyboard of a terminal, or a pipe that goes on: one line, and then nothing yet. */
  private static final class OpenInput extends InputStream {
    private final byte[] line = "one\n".getBytes(StandardCharsets.UTF_8);
    private final CountDownLatch ended = new CountDownLatch(1);
    private int next;

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (next < line.length) {
        target[offset] = line[next++];
        return 1;
      }
      try {
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return -1;
    }

    @Override
    public void close() {
      ended.countDown();
    }
  }

  @Test
  void aFailedSendEndsAtOnceWhileStandardInputIsOpen() {
    try (OpenInput input = new OpenInput()) {
      CompletableFuture<Result> sent =
          CompletableFuture.supplyAsync(() -> runReading(input, "send", HUB, "--partition", "7"));

      assertThat(sent)
          .succeedsWithin(Duration.ofSeconds(15))
          .satisfies(
              result -> {
                assertThat(result.exitCode()).isEqualTo(1);
                assertThat(result.err())
                    .startsWith("eventhubs: sent 0 events before the failure")
                    .contains("the event hub has no such partition")
                    .doesNotContain("did not end cleanly");
              });
    }
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path directory) {
    Result result = run("send", HUB, directory.toString());

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("'" + directory + "' cannot be read after line 0");
  }

  @Test
  void aFilterLooksAtTheBodyTheKeyAndEachProperty() {
    runWith("plain\n", "send", HUB, "--partition", "0");
    runWith("keyed\n", "send", HUB, "--key", "customer-7");
    runWith("null\n", "send", HUB, "--property", "a=b", "--property", "c=d");

    assertThat(filtered("null")).containsExactly("null");
    assertThat(filtered("^customer-7$|(?m)^customer-7$")).containsExactly("keyed");
    assertThat(filtered("(?m)^a=b$")).containsExactly("null");
    assertThat(filtered("(?m)^c=d$")).containsExactly("null");
    assertThat(filtered("[{}]|, ")).isEmpty();
  }

  private List<String> filtered(String regex) {
    Result read =
        run("tail", HUB, "--from", "earliest", "--until", "now", "--json", "--filter", regex);
    assertThat(read.err()).isEmpty();
    return ParsedJson.lines(read.out()).stream().map(event -> event.path("body").asText()).toList();
  }

  @Test
  void aRangeIsReplayedToAnotherHub() {
    runWith("one\ntwo\n", "send", HUB, "--partition", "1", "--property", "a=b");
    runWith("three\n", "send", HUB, "--partition", "0");

    Result result = run("replay", HUB, "copy", "--from", "earliest", "--keep-partitions");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("sent 3 events\n");
    assertThat(eventHubs.events("copy", "0")).hasSize(1);
    assertThat(eventHubs.events("copy", "1")).extracting(StoredEvent::sequenceNumber).hasSize(2);
    assertThat(run("tail", "copy", "--from", "earliest", "--until", "now", "--json").out())
        .contains("\"a\":\"b\"");
    assertThat(run("replay", HUB, HUB).exitCode()).isEqualTo(2);
  }

  @Test
  void anEventHubIsNotReplayedToItselfUnderAnyName() {
    runWith("one\n", "send", HUB, "--partition", "1");

    assertThat(run("replay", HUB, "Orders").err()).contains("cannot be replayed to itself");
    Result result =
        run("replay", HUB, "ORDERS", "--to-connection-string", eventHubs.connectionString());

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("cannot be replayed to itself");
    assertThat(eventHubs.events(HUB, "1")).hasSize(1);
    assertThat(eventHubs.events(HUB, "0")).isEmpty();
  }

  @Test
  void aRangeIsReplayedToAnotherNamespaceToAnEventHubOfTheSameName() {
    runWith("one\ntwo\n", "send", HUB, "--partition", "1");
    try (EventHubsEmulator another = EventHubsEmulator.builder().eventHub(HUB, 2).start()) {
      String elsewhere =
          "Endpoint=sb://localhost:1;SharedAccessKeyName=n;SharedAccessKey=CanaryKey0123456789;"
              + "UseDevelopmentEmulator=true";

      Result result = run("replay", HUB, HUB, "--to-connection-string", another.connectionString());

      assertThat(result).isEqualTo(new Result(0, "sent 2 events\n", ""));
      assertThat(
              another.partition(HUB, "0").eventCount() + another.partition(HUB, "1").eventCount())
          .isEqualTo(2);
      assertThat(eventHubs.events(HUB, "1")).hasSize(2);
      assertThat(runWith("one\n", "send", "nowhere").err()).contains("nowhere");
      Result unreachable = run("replay", HUB, HUB, "--to-connection-string", elsewhere);
      assertThat(unreachable.exitCode()).isEqualTo(1);
      assertThat(unreachable.err()).isNotEmpty().doesNotContain("CanaryKey");
    }
  }

  /** The clients for JavaScript, .NET and Python do not check how long a key is. */
  @Test
  void eventsWithAKeyThatCannotBeSentAreReplayedInOrderWithoutIt() {
    for (int i = 0; i < 4; i++) {
      EventData event = new EventData(Integer.toString(i));
      event.getRawAmqpMessage().getMessageAnnotations().put("x-opt-partition-key", "k".repeat(129));
      eventHubs.send(HUB, "0", event);
    }
    runWith("last\n", "send", HUB, "--key", "k");

    Result result = run("replay", HUB, "copy", "--from", "earliest");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("sent 5 events\n");
    assertThat(result.err())
        .isEqualTo(
            "eventhubs: 4 events were sent without their partition key, which has more than 128"
                + " characters: those of one key went to one partition\n");
    List<StoredEvent> copies =
        Stream.of("0", "1").flatMap(id -> eventHubs.events("copy", id).stream()).toList();
    assertThat(copies)
        .extracting(StoredEvent::bodyAsString)
        .containsSubsequence("0", "1", "2", "3")
        .contains("last");
    assertThat(copies)
        .filteredOn(event -> event.partitionKey().isPresent())
        .extracting(StoredEvent::bodyAsString)
        .containsExactly("last");
  }

  /** Producers of Kafka write headers as binaries; AMQP has arrays and larger numbers than Java. */
  @Test
  void propertiesOfEachTypeAreShownAndReplayed() {
    EventData event = new EventData("body");
    event
        .getProperties()
        .putAll(
            Map.of(
                "header",
                new Binary("gr\u00fcn".getBytes(StandardCharsets.UTF_8)),
                "binary",
                new Binary(new byte[] {(byte) 0xff, 0, 1}),
                "big",
                UnsignedLong.valueOf("18446744073709551615"),
                "nan",
                Double.NaN,
                "bytes",
                new Byte[] {1, 2},
                "ints",
                new Integer[] {3, 4}));
    event.getRawAmqpMessage().getProperties().setSubject("subject");
    eventHubs.send(HUB, "0", event);

    assertThat(run("replay", HUB, "copy", "--keep-partitions"))
        .isEqualTo(new Result(0, "sent 1 event\n", ""));
    for (String hub : List.of(HUB, "copy")) {
      assertThat(run("tail", hub, "--from", "earliest", "--until", "now").out())
          .contains("  big=18446744073709551615  binary=base64:/wAB  bytes=[1, 2]")
          .contains("  header=gr\u00fcn  ints=[3, 4]  nan=NaN  body");
      assertThat(run("tail", hub, "--from", "earliest", "--until", "now", "--json").out())
          .contains("\"big\":18446744073709551615,\"binary\":\"base64:/wAB\",\"bytes\":[1,2]")
          .contains("\"header\":\"gr\u00fcn\",\"ints\":[3,4],\"nan\":\"NaN\"");
    }
    assertThat(filtered("header=gr\u00fcn")).containsExactly("body");
  }

  /** The SDK drops the bodies of producers that send AMQP values or sequences. */
  @Test
  void aReplaySaysHowManyEventsHaveNoBody() {
    try (EngineClient client = new EngineClient(eventHubs.port(), 30_000)) {
      Sender sender = client.sender(HUB + "/Partitions/1");
      for (Section body :
          List.of(new AmqpValue("value"), new AmqpSequence(List.of("first", "second")))) {
        Message message = Message.Factory.create();
        message.setBody(body);
        byte[] encoded = new byte[1000];
        int length = message.encode(encoded, 0, encoded.length);
        Delivery delivery = client.send(sender, Arrays.copyOf(encoded, length));
        client.runUntil(delivery::remotelySettled);
        assertThat(delivery.getRemoteState()).isInstanceOf(Accepted.class);
      }
    }
    runWith("one\n", "send", HUB, "--partition", "1");

    Result result = run("replay", HUB, "copy");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("sent 3 events\n");
    assertThat(result.err())
        .isEqualTo(
            "eventhubs: 2 events were sent without a body: if their producer sends AMQP values or"
                + " sequences, the SDK has dropped the bodies\n");
  }

  @Test
  void wrongUsageIsSaidBeforeAnythingIsConnected() {
    assertThat(run("tail", HUB, "--from", "soon").exitCode()).isEqualTo(2);
    assertThat(run("tail", HUB, "--until", "soon").exitCode()).isEqualTo(2);
    assertThat(run("tail", HUB, "--filter", "(").err()).contains("--filter");
    for (String option : List.of("--from", "--until")) {
      Result result = run("tail", HUB, option, "2026-11-29T05:00:00");
      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.err())
          .contains("no zone", "'2026-11-29T05:00:00Z'", "'2026-11-29T05:00:00+01:00'");
    }
    assertThat(run("send", HUB, "--key", "k", "--partition", "0").exitCode()).isEqualTo(2);
    assertThat(run("send", HUB, "no-such-file").err()).contains("no-such-file");
    assertThat(run("tail", HUB, "--partition", "9", "--until", "now").err()).contains("'9'");
  }
}
