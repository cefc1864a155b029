// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

class IncomingMessageTest {
  private static final Symbol PARTITION_KEY = Symbol.valueOf("x-opt-partition-key");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final PartitionLog log =
      new PartitionLog(OffsetFormat.NUMERIC, Clock.fixed(NOW, ZoneOffset.UTC), Retention.UNLIMITED);
  private final Partition partition = new EventHub("orders", 1, NOW, id -> log).partition("0");

  @Test
  void stampsAnEventAndLeavesTheRestAsItWas() {
    Message sent = TestMessages.annotated("hello", Map.of("x-opt-mine", "kept"));
    sent.setHeader(new Header());
    sent.setDurable(true);
    sent.setMessageId("m-1");
    sent.setApplicationProperties(new ApplicationProperties(Map.of("size", 42)));

    store(EncodedMessage.of(sent), 0);

    Message stored = stored().get(0);
    assertThat(TestMessages.body(stored)).isEqualTo("hello");
    assertThat(stored.isDurable()).isTrue();
    assertThat(stored.getMessageId()).isEqualTo("m-1");
    assertThat(stored.getApplicationProperties().getValue()).isEqualTo(Map.of("size", 42));
    assertThat(TestMessages.annotations(stored))
        .containsOnly(
            Map.entry(Symbol.valueOf("x-opt-mine"), "kept"),
            Map.entry(Symbol.valueOf("x-opt-sequence-number"), 0L),
            Map.entry(Symbol.valueOf("x-opt-offset"), "0"),
            Map.entry(Symbol.valueOf("x-opt-enqueued-time"), Date.from(NOW)));
  }

  @Test
  void replacesPositionsThatAProducerHasPassedOn() {
    store(
        EncodedMessage.of(
            TestMessages.annotated(
                "forwarded", Map.of("x-opt-sequence-number", 4711L, "x-opt-offset", "99"))),
        0);

    assertThat(TestMessages.annotations(stored().get(0)))
        .containsEntry(Symbol.valueOf("x-opt-sequence-number"), 0L)
        .containsEntry(Symbol.valueOf("x-opt-offset"), "0");
  }

  @Test
  void takesABatchApart() {
    byte[] batch =
        TestMessages.batch(
            new byte[0], TestMessages.encoded("a"), TestMessages.encoded("b".repeat(1_000)));

    store(batch, IncomingMessage.BATCH_FORMAT);

    assertThat(stored()).extracting(TestMessages::body).containsExactly("a", "b".repeat(1_000));
  }

  @Test
  void takesTheDataOfASingleEventForItsBody() {
    store(TestMessages.encoded("not a batch"), 0);

    assertThat(stored()).extracting(TestMessages::body).containsExactly("not a batch");
  }

  @Test
  void givesEveryEventOfABatchTheKeyOfTheBatch() {
    Message annotationsOnly = Message.Factory.create();
    annotationsOnly.setMessageAnnotations(
        TestMessages.annotated("", Map.of("x-opt-partition-key", "k")).getMessageAnnotations());
    byte[] withoutKey = TestMessages.encoded("a");
    byte[] withKey =
        EncodedMessage.of(TestMessages.annotated("b", Map.of("x-opt-partition-key", "k")));
    byte[] batch = TestMessages.batch(EncodedMessage.of(annotationsOnly), withoutKey, withKey);

    IncomingMessage message = IncomingMessage.parse(batch, IncomingMessage.BATCH_FORMAT);
    message.appendTo(partition);

    assertThat(message.partitionKey()).isEqualTo("k");
    assertThat(stored())
        .extracting(event -> TestMessages.annotations(event).get(PARTITION_KEY))
        .containsExactly("k", "k");
  }

  @Test
  void storesNothingOfABatchWithAMalformedEvent() {
    byte[] broken = Arrays.copyOf(TestMessages.encoded("broken"), 6);
    byte[] batch = TestMessages.batch(new byte[0], TestMessages.encoded("a"), broken);

    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> store(batch, IncomingMessage.BATCH_FORMAT));
    assertThat(log.isEmpty()).isTrue();
  }

  @Test
  void neverFailsInAnotherWayOnBytesThatAreNoMessage() {
    Random random = new Random(3);
    byte[] valid =
        TestMessages.batch(
            new byte[0],
            EncodedMessage.of(TestMessages.annotated("a", Map.of("x-opt-partition-key", "k"))),
            TestMessages.encoded("b"));
    int malformed = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] mutated = valid.clone();
      for (int change = 0; change <= i % 3; change++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      byte[] bytes = Arrays.copyOf(mutated, 1 + random.nextInt(mutated.length));
      try {
        store(bytes, i % 2 == 0 ? IncomingMessage.BATCH_FORMAT : 0);
      } catch (MalformedMessageException e) {
        malformed++;
      }
    }
    assertThat(malformed).isBetween(10_000, 20_000);
  }

  private void store(byte[] message, int format) {
    IncomingMessage.parse(message, format).appendTo(partition);
  }

  private List<Message> stored() {
    return log.entries().stream().map(entry -> TestMessages.decode(entry.wire())).toList();
  }
}
