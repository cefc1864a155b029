// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkoeventhubs.emulator.amqp.StartPosition.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartPositionTest {
  @Test
  void readsWhatTheClientsWrite() {
    assertThat(StartPosition.parse("amqp.annotation.x-opt-offset > '4312'"))
        .isEqualTo(new StartPosition(Kind.OFFSET, false, "4312"));
    assertThat(StartPosition.parse("amqp.annotation.x-opt-offset >= '3:128:78'"))
        .isEqualTo(new StartPosition(Kind.OFFSET, true, "3:128:78"));
    assertThat(StartPosition.parse("amqp.annotation.x-opt-sequence-number >= '5'"))
        .isEqualTo(new StartPosition(Kind.SEQUENCE_NUMBER, true, "5"));
    assertThat(StartPosition.parse("amqp.annotation.x-opt-enqueued-time > '1700000000000'"))
        .isEqualTo(new StartPosition(Kind.ENQUEUED_TIME, false, "1700000000000"));
  }

  @Test
  void readsWhatOlderClientsWrite() {
    assertThat(StartPosition.parse("amqp.annotation.x-opt-enqueuedtimeutc > 1700000000000"))
        .isEqualTo(new StartPosition(Kind.ENQUEUED_TIME, false, "1700000000000"));
  }

  @Test
  void knowsBothEnds() {
    assertThat(StartPosition.parse("amqp.annotation.x-opt-offset > '-1'").isEarliest()).isTrue();
    assertThat(StartPosition.parse("amqp.annotation.x-opt-offset > '@latest'").isLatest()).isTrue();
    assertThat(StartPosition.parse(null).isEarliest()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "amqp.annotation.x-opt-offset < '4312'",
        "amqp.annotation.x-opt-offset > '43'12'",
        "amqp.annotation.x-opt-sequence-number > 'five'",
        "amqp.annotation.x-opt-enqueued-time > ''",
        "amqp.annotation.x-opt-colour > '5'",
        "amqp.annotation.x-opt-offset > '1' AND amqp.annotation.x-opt-offset > '2'"
      })
  void refusesWhatItDoesNotUnderstand(String selector) {
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> StartPosition.parse(selector))
        .satisfies(
            error -> assertThat(error.condition()).isEqualTo(ErrorConditions.ARGUMENT_ERROR));
  }
}
