// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code reference.conf} as a page: each section a heading, each key its default and its comment.
 */
final class SettingsPage {

  private static final Pattern SECTION = Pattern.compile("([\\w.-]+) \\{");
  private static final Pattern KEY = Pattern.compile("([\\w.-]+) (?:=|\\+=) (.*)");

  private final StringBuilder page = new StringBuilder();
  private final Deque<String> path = new ArrayDeque<>();
  private final List<String> comment = new ArrayList<>();

  private SettingsPage() {}

  static String of(String reference) {
    SettingsPage settings = new SettingsPage();
    settings.page.append(
        """
        # Settings

        All settings with their defaults and what they do. A test makes this page of
        [reference.conf](../connector/src/main/resources/reference.conf), and compares it. Each can be given in code as well:
        `ConsumerSettings.withMaxUncommitted` is `pekko.eventhubs.consumer.max-uncommitted`. A section or key that is not here is
        refused, with the nearest one that is, and so is a duration without a unit or of more than 100 days. A section can be copied
        under another name outside of `pekko.eventhubs`, changed there, and given to `ConsumerSettings.create(config)`.
        """);
    reference.lines().map(String::strip).forEach(settings::line);
    return settings.page.toString();
  }

  private void line(String line) {
    Matcher section = SECTION.matcher(line);
    Matcher key = KEY.matcher(line);
    if (line.startsWith("#")) {
      comment.add(line.substring(1));
    } else if (line.isEmpty()) {
      comment.clear();
    } else if (line.equals("}")) {
      path.removeLast();
      comment.clear();
    } else if (section.matches()) {
      path.addLast(section.group(1));
      if (path.size() > 1) {
        page.append("\n## ").append(String.join(".", path)).append("\n");
        paragraphs();
      }
      comment.clear();
    } else if (key.matches()) {
      page.append("\n**`")
          .append(key.group(1))
          .append("`** = `")
          .append(key.group(2))
          .append("`\n");
      paragraphs();
      comment.clear();
    } else {
      throw new IllegalStateException("reference.conf has a line of another kind: " + line);
    }
  }

  /** The comment as text; its indented lines are configuration. */
  private void paragraphs() {
    boolean code = false;
    if (!comment.isEmpty()) {
      page.append("\n");
    }
    for (String line : comment) {
      boolean indented = line.startsWith("   ");
      if (indented != code) {
        page.append(indented ? "```hocon\n" : "```\n");
        code = indented;
      }
      if (code || !line.isBlank()) {
        page.append(code ? line.strip() : line.strip().replace("<", "&lt;")).append("\n");
      } else {
        page.append("\n");
      }
    }
    if (code) {
      page.append("```\n");
    }
  }
}
