// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that cannot be written. */
@Timeout(60)
class ResultsTest extends CommandTest {

  /** A pipe whose reader goes after some lines, as {@code head} does. */
  private static final class ReadLines extends OutputStream {
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final AtomicInteger left;

    ReadLines(int lines) {
      left = new AtomicInteger(lines);
    }

    @Override
    public void write(int value) throws IOException {
      if (left.get() == 0) {
        throw new IOException("Broken pipe");
      }
      read.write(value);
      if (value == '\n') {
        left.decrementAndGet();
      }
    }

    @Override
    public String toString() {
      return read.toString(StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tail orders --from earliest --until now --json",
        "tail orders --from earliest",
        "lag orders --watch",
        "lag orders --json",
        "watch orders",
        "describe orders",
        "groups orders",
        "reset orders --group billing --to latest",
        "completion",
        "--help"
      })
  void aFullDiskIsAFailure(String command) throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "only Linux has a disk that is always full");
    sendToEach(3);
    try (OutputStream disk = Files.newOutputStream(full, StandardOpenOption.WRITE)) {
      Result result = runInto(disk, command.split(" ", -1));

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("the result cannot be written: No space left on device");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tail orders --from earliest",
        "lag orders --json --watch --interval 1",
        "watch orders"
      })
  void aCommandThatReadsOnEndsQuietlyWithItsReader(String command) {
    sendToEach(3);
    ReadLines head = new ReadLines(1);

    Result result = runInto(head, command.split(" ", -1));

    assertThat(head.toString().lines()).hasSize(1);
    assertThat(result).isEqualTo(new Result(1, "", ""));
  }

  @Test
  void textIsWrittenInUtf8() {
    ByteArrayOutputStream target = new ByteArrayOutputStream();

    Results.to(target).println("\u00fc");

    assertThat(target.toString(StandardCharsets.UTF_8)).startsWith("\u00fc");
  }
}
