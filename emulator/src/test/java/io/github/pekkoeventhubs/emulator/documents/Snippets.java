// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pieces of code that a page shows, and those that are compiled, by their names. */
public final class Snippets {

  private static final Pattern SHOWN =
      Pattern.compile("<!-- snippet: (\\w+) -->\n *```java\n(.*?) *```", Pattern.DOTALL);
  private static final Pattern COMPILED =
      Pattern.compile(" *// snippet: (\\w+)\n(.*?) *// end", Pattern.DOTALL);

  private Snippets() {}

  /** Those of a page, each behind a comment with its name. */
  public static Map<String, String> shown(Path page) throws IOException {
    return found(page, SHOWN);
  }

  /** Those of a source file, each between a comment with its name and one that ends it. */
  public static Map<String, String> compiled(Path source) throws IOException {
    return found(source, COMPILED);
  }

  private static Map<String, String> found(Path file, Pattern pattern) throws IOException {
    Map<String, String> snippets = new TreeMap<>();
    Matcher matcher = pattern.matcher(Files.readString(file));
    while (matcher.find()) {
      snippets.put(matcher.group(1), matcher.group(2).stripTrailing().stripIndent());
    }
    return snippets;
  }
}
