// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page about operations and the files beside it, as the tests compare them with the code. */
final class OperationsPage {

  private static final Path DOCS = docs();

  /** A row of the table of meters: name, type, tags, unit, meaning. */
  record Row(String name, String type, String tags, String unit, String meaning) {}

  private OperationsPage() {}

  private static Path docs() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no folder above the working directory holds .mvn");
      }
    }
    return folder.resolve("docs");
  }

  static String text() {
    return read(DOCS.resolve("operations.md"));
  }

  static Path alerts() {
    return DOCS.resolve("operations/alerts.yml");
  }

  static Path dashboard() {
    return DOCS.resolve("operations/dashboard.json");
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of the tables that begin with the name of a meter. */
  static List<Row> meters() {
    return text()
        .lines()
        .filter(line -> line.matches("\\| `(messaging|pekko)\\.[a-z.]+` \\|.*"))
        .map(line -> line.split("\\|", -1))
        .map(
            cells ->
                new Row(
                    cells[1].replace("`", "").strip(),
                    cells[2].strip(),
                    cells[3].replace("`", "").strip(),
                    cells[4].strip(),
                    cells[5].strip()))
        .toList();
  }

  /** The block of this name: it follows a comment {@code <!-- snippet: name -->}. */
  static String snippet(String name) {
    Matcher found =
        Pattern.compile("<!-- snippet: " + name + " -->\\n```\\w+\\n(.*?)```", Pattern.DOTALL)
            .matcher(text());
    if (!found.find()) {
      throw new IllegalStateException("docs/operations.md has no snippet '" + name + "'");
    }
    return found.group(1);
  }

  static Config configuration(String snippet) {
    return ConfigFactory.parseString(snippet(snippet));
  }
}
