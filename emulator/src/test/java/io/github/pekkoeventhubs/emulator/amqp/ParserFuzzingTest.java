// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** For a bounded time: parsers answer or refuse, and never fail in another way. */
class ParserFuzzingTest {

  private static final Duration TIME = Duration.ofSeconds(1);
  private static final List<String> FILTERS =
      List.of(
          "amqp.annotation.x-opt-offset > '4312'",
          "amqp.annotation.x-opt-offset >= '3:128:78'",
          "amqp.annotation.x-opt-offset > '@latest'",
          "amqp.annotation.x-opt-sequence-number >= '9223372036854775807'",
          "amqp.annotation.x-opt-sequence-number > '9223372036854775807'",
          "amqp.annotation.x-opt-enqueued-time > '1700000000000'",
          "amqp.annotation.x-opt-enqueuedtimeutc > 1700000000000");
  private static final String ALPHABET = "amqp.x-opt'@<>= 0123456789-+:\u0000\u00e9\ud83d\ude00";

  @Test
  void aFilterIsAPositionOrAnError() {
    PartitionLog log =
        new PartitionLog(OffsetFormat.NUMERIC, SettableClock.create(), Retention.UNLIMITED);
    byte[] message = TestMessages.encoded("body");
    for (int i = 0; i < 5; i++) {
      log.append(message, 0, message.length, null);
    }
    Random random = new Random(7);
    int positions = 0;
    int errors = 0;
    for (long end = System.nanoTime() + TIME.toNanos(); System.nanoTime() < end; ) {
      String filter = changed(FILTERS.get(random.nextInt(FILTERS.size())), random);
      try {
        long first = log.locate(StartPosition.parse(filter));
        assertThat(first).as(filter).isBetween(0L, log.nextSequenceNumber());
        positions++;
      } catch (ServiceException refused) {
        assertThat(refused.condition()).isEqualTo(ErrorConditions.ARGUMENT_ERROR);
        errors++;
      }
    }
    assertThat(positions).isPositive();
    assertThat(errors).isPositive();
  }

  private static String changed(String filter, Random random) {
    StringBuilder text = new StringBuilder(filter);
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        default -> text.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
    }
    return text.toString();
  }

  @Test
  void aMessageIsStoredOrMalformed() {
    byte[] valid = TestMessages.encoded("a body that is long enough to be changed");
    Random random = new Random(11);
    int messages = 0;
    int malformed = 0;
    for (long end = System.nanoTime() + TIME.toNanos(); System.nanoTime() < end; ) {
      byte[] bytes = valid.clone();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        IncomingMessage.parse(bytes, random.nextBoolean() ? 0 : 0x80013700);
        messages++;
      } catch (MalformedMessageException refused) {
        malformed++;
      }
    }
    assertThat(messages).isPositive();
    assertThat(malformed).isPositive();
  }
}
