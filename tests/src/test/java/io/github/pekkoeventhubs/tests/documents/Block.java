// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A block between fences in a page.
 *
 * @param page the page, from the repository's folder
 * @param line the line of the first fence
 * @param language the word behind the fence; empty without one
 * @param lines its lines, without the indentation of the fence
 */
record Block(String page, int line, String language, List<String> lines) {

  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final String FENCE = "```";

  String text() {
    return String.join("\n", lines);
  }

  @Override
  public String toString() {
    return page + ":" + line + " " + language;
  }

  /** Those of all pages that users read. */
  static List<Block> all() {
    return pages().stream().flatMap(page -> of(page).stream()).toList();
  }

  /** The pages that users read. */
  static List<Path> pages() {
    return Stream.of("", "docs", "samples")
        .flatMap(folder -> pages(ROOT.resolve(folder)).stream())
        .toList();
  }

  static List<Block> of(Path page) {
    String name = ROOT.relativize(page.toAbsolutePath().normalize()).toString();
    List<Block> blocks = new ArrayList<>();
    List<String> open = List.of();
    String language = "";
    int start = 0;
    int indentation = 0;
    int number = 0;
    for (String line : read(page).lines().toList()) {
      number++;
      if (!line.strip().startsWith(FENCE)) {
        if (start > 0) {
          open.add(line.substring(Math.min(indentation, indentationOf(line))));
        }
      } else if (start == 0) {
        start = number;
        indentation = indentationOf(line);
        language = line.strip().substring(FENCE.length());
        open = new ArrayList<>();
      } else {
        blocks.add(new Block(name, start, language, open));
        start = 0;
      }
    }
    if (start > 0) {
      throw new IllegalStateException(name + ":" + start + " opens a block that nothing closes");
    }
    return blocks;
  }

  private static int indentationOf(String line) {
    return line.length() - line.stripLeading().length();
  }

  private static List<Path> pages(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
