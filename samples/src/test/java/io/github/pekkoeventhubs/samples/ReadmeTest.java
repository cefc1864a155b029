// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README, and the page about clusters, show the code that is compiled and run here. */
class ReadmeTest {

  private static final Path ROOT = Path.of("..");

  @ParameterizedTest
  @CsvSource({
    "README.md, java, 20, src/main/java/io/github/pekkoeventhubs/samples/OrderStream.java, // README",
    "docs/clusters.md, hocon, 29, src/main/resources/order-stream.conf, # README"
  })
  void showsTheCodeThatRuns(String page, String language, int longest, Path source, String marker)
      throws IOException {
    List<String> lines = Files.readAllLines(source).stream().map(String::stripTrailing).toList();
    int start = indexOf(lines, marker);
    int end = indexOf(lines, marker + " end");
    List<String> shown = lines.subList(start + 1, lastLine(lines, end));

    assertThat(shown).as("lines").hasSizeLessThanOrEqualTo(longest);
    assertThat(Files.readString(ROOT.resolve(page)).replace("\r\n", "\n"))
        .contains(
            "```"
                + language
                + "\n"
                + String.join("\n", unindented(shown)).stripTrailing()
                + "\n```");
  }

  private static int lastLine(List<String> lines, int end) {
    return lines.get(end - 1).isEmpty() ? end - 1 : end;
  }

  private static int indexOf(List<String> lines, String line) {
    int index = lines.stream().map(String::strip).toList().indexOf(line);
    assertThat(index).as(line).isNotNegative();
    return index;
  }

  private static List<String> unindented(List<String> lines) {
    int indentation =
        lines.stream()
            .filter(line -> !line.isBlank())
            .mapToInt(line -> line.length() - line.stripLeading().length())
            .min()
            .orElse(0);
    return lines.stream().map(line -> line.isBlank() ? "" : line.substring(indentation)).toList();
  }
}
