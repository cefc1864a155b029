// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.emulator.standalone.EmulatorArguments.EventHubArgument;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmulatorArgumentsTest {

  @Test
  void givesConsumerGroupsToTheEventHubBeforeThem() {
    EmulatorArguments arguments =
        EmulatorArguments.parse(
            "--event-hub",
            "orders:4",
            "--consumer-group",
            "billing",
            "--consumer-group",
            "audit",
            "--event-hub",
            "a:b:1");

    assertThat(arguments.eventHubs())
        .containsExactly(
            new EventHubArgument("orders", 4, List.of("billing", "audit")),
            new EventHubArgument("a:b", 1, List.of()));
  }

  @Test
  void hasDefaultsForAllButTheEventHub() {
    assertThat(EmulatorArguments.parse("--event-hub", "orders:4"))
        .isEqualTo(
            new EmulatorArguments(
                List.of(new EventHubArgument("orders", 4, List.of())),
                5672,
                10000,
                null,
                List.of("checkpoints"),
                null,
                false));
  }

  @Test
  void showsNoKey() {
    assertThat(EmulatorArguments.parse("--event-hub", "orders:4", "--sas-key", "Canary").toString())
        .contains("orders")
        .doesNotContain("Canary");
    assertThatThrownBy(() -> EmulatorArguments.parse("--event-hub", "orders:4", "--sas-key=Canary"))
        .hasMessageContaining("--sas-key")
        .hasMessageContaining("a space")
        .message()
        .doesNotContain("Canary");
  }

  @Test
  void takesPortsKeyAndContainers() {
    EmulatorArguments arguments =
        EmulatorArguments.parse(
            "--amqp-port",
            "0",
            "--blob-port",
            "65535",
            "--sas-key",
            "key",
            "--blob-container",
            "one",
            "--blob-container",
            "two",
            "--persist",
            "kept/here",
            "--event-hub",
            "orders:4");

    assertThat(arguments.amqpPort()).isZero();
    assertThat(arguments.blobPort()).isEqualTo(65535);
    assertThat(arguments.sasKey()).isEqualTo("key");
    assertThat(arguments.containers()).containsExactly("one", "two");
    assertThat(arguments.directory()).isEqualTo(Path.of("kept", "here"));
  }

  @Test
  void helpsWhateverElseIsGiven() {
    assertThat(EmulatorArguments.parse("--blob-port", "1", "--help", "--nonsense").help()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--event-hub orders                     | as in orders:4; not 'orders'",
        "--event-hub orders:0                   | partitions from 1 to 1024",
        "--event-hub orders:many                | not 'orders:many'",
        "--event-hub :4                         | not ':4'",
        "--event-hub                            | --event-hub needs a value after it",
        "--event-hub --help                     | needs a value, not '--help'",
        "--consumer-group billing               | put it after the --event-hub that it is for",
        "--event-hub orders:4 --amqp-port x     | --amqp-port takes a port from 0 to 65535, not 'x'",
        "--event-hub orders:4 --blob-port 65536 | not '65536'",
        "--event-hub orders:4 --blob-port -1    | not '-1'",
        "--event-hub orders:4 --verbose         | There is no option --verbose",
        "--blob-port 0                          | Name at least one event hub",
      })
  void explainsWhatIsWrong(String words, String explanation) {
    assertThatThrownBy(() -> EmulatorArguments.parse(words.split(" ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(explanation);
  }
}
