// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs of the samples run to their end. */
class SampleProgramsTest {

  private static final Path SOURCES = Path.of("src/main/java/io/github/pekkoeventhubs/samples");

  static List<String> programs() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.equals("SampleServices") && !name.equals("package-info"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  @Timeout(120)
  void handlesEveryOrder(String program) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream screen = System.out;
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      Class.forName(getClass().getPackageName() + "." + program)
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(screen);
    }

    String[] lines =
        printed
            .toString(UTF_8)
            .lines()
            .filter(line -> line.contains("order "))
            .toArray(String[]::new);
    assertThat(lines).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void areAllListed() throws IOException {
    String list = Files.readString(Path.of("..", "docs", "samples.md"));

    assertThat(
            Pattern.compile("^\\| \\[`(\\w+)`]\\(\\.\\./samples/src/main", Pattern.MULTILINE)
                .matcher(list)
                .results()
                .map((MatchResult result) -> result.group(1)))
        .containsExactlyInAnyOrderElementsOf(programs());
  }
}
