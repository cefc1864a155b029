// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command that a page shows: in a block of a shell, in one of a terminal, or between back quotes.
 *
 * @param page the page, from the repository's folder
 * @param line where it begins
 * @param text the command on one line, without its comment
 */
record ShownCommand(String page, int line, String text) {

  /** What is between back quotes is a command if it begins like this. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "(\\./mvnw|mvn|eventhubs|npm|az|curl|kubectl|prometheus|promtool|source|docker|gradle|sbt"
              + "|java|release/[a-z-]+|\\.ci/run) .+|\\.ci/run");

  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** What a terminal shows that somebody is to type. */
  private static final Pattern TYPED =
      Pattern.compile("\\s*(?:\\$ (.+)|((?:curl|prometheus|promtool) .+))");

  @Override
  public String toString() {
    return page + ":" + line + " " + text;
  }

  /** Those of all pages that users and contributors read, but for the changelog. */
  static List<ShownCommand> all() {
    List<ShownCommand> commands = new ArrayList<>();
    Stream.concat(Block.pages().stream(), templates())
        .filter(page -> !page.endsWith("CHANGELOG.md"))
        .forEach(page -> addThoseOf(page, commands));
    return commands;
  }

  private static Stream<Path> templates() {
    try (Stream<Path> files = Files.walk(Block.ROOT.resolve(".github"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addThoseOf(Path page, List<ShownCommand> commands) {
    String name = Block.ROOT.relativize(page).toString();
    List<String> lines = new ArrayList<>(Block.read(page).lines().toList());
    for (Block block : Block.of(page)) {
      addThoseOf(block, commands);
      for (int i = 0; i < block.lines().size(); i++) {
        lines.set(block.line() + i, "");
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      int line = i + 1;
      QUOTED
          .matcher(lines.get(i).replaceAll("^ *```.*", ""))
          .results()
          .map(found -> found.group(1))
          .filter(text -> COMMAND.matcher(text).matches())
          .flatMap(text -> Stream.of(text.split(" && ")))
          .forEach(text -> commands.add(new ShownCommand(name, line, text)));
    }
  }

  private static void addThoseOf(Block block, List<ShownCommand> commands) {
    boolean isShell = block.language().equals("sh");
    if (!isShell && !block.language().equals("text")) {
      return;
    }
    for (int i = 0; i < block.lines().size(); i++) {
      int line = block.line() + 1 + i;
      StringBuilder whole = new StringBuilder(block.lines().get(i));
      while (whole.toString().endsWith("\\")) {
        i++;
        whole.setLength(whole.length() - 1);
        whole.append(block.lines().get(i).strip());
      }
      String text = whole.toString();
      if (!isShell) {
        var typed = TYPED.matcher(text);
        text = typed.matches() ? (typed.group(1) == null ? typed.group(2) : typed.group(1)) : "";
      }
      text = text.replaceAll("(^|\\s+)#.*", "").strip();
      if (!text.isEmpty()) {
        commands.add(new ShownCommand(block.page(), line, text));
      }
    }
  }
}
