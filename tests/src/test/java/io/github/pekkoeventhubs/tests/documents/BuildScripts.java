// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Pattern;

/** The commands of {@code .ci/run}, and of the scripts that it calls. */
final class BuildScripts {

  private static final Pattern SCRIPT = Pattern.compile("(?m)(?:^|\\s)(release/[a-z-]+)(?= )");

  private final List<String> commands = new ArrayList<>();
  private final Set<String> scripts = new LinkedHashSet<>();

  private BuildScripts() {}

  static BuildScripts read() {
    BuildScripts read = new BuildScripts();
    Queue<String> open = new ArrayDeque<>(List.of(".ci/run"));
    while (!open.isEmpty()) {
      String script = open.remove();
      if (read.scripts.add(script)) {
        String text =
            Block.read(Block.ROOT.resolve(script))
                .replaceAll("(?m)^\\s*#.*$", "")
                .replaceAll("\\\\\n\\s*", "");
        text.lines().map(BuildScripts::plain).forEach(read.commands::add);
        SCRIPT
            .matcher(text)
            .results()
            .map(found -> found.group(1))
            .filter(BuildScripts::isScript)
            .forEach(open::add);
      }
    }
    return read;
  }

  Set<String> names() {
    return scripts;
  }

  private static boolean isScript(String name) {
    Path file = Block.ROOT.resolve(name);
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /** As one types it: {@code mvn} is a function of the script, and the folder is known. */
  private static String plain(String line) {
    return line.strip()
        .replaceFirst("^(?:[A-Z_]+=\\S+ )?mvn ", "./mvnw ")
        .replaceFirst("^consumer ", "./mvnw ")
        .replaceFirst("^if ! ", "")
        .replace("--batch-mode --no-transfer-progress ", "")
        .replace("\"$PWD/", "")
        .replace("\"", "");
  }

  /** Whether one of these scripts is run as the command says. */
  boolean run(String command) {
    if (command.startsWith("./mvnw ")) {
      MavenCommand shown = MavenCommand.of(command);
      return commands.stream()
          .filter(line -> line.startsWith("./mvnw "))
          .map(MavenCommand::of)
          .anyMatch(line -> line.does(shown) || line.runsOneTestAs(shown));
    }
    Pattern words = Pattern.compile(inOrder(command));
    return scripts.contains(command)
        || commands.stream().anyMatch(line -> words.matcher(line).find());
  }

  /** The words of the command one after the other; the script may add options. */
  private static String inOrder(String command) {
    StringBuilder pattern = new StringBuilder("^");
    boolean isScript = command.startsWith("release/");
    for (String word : command.split("\\s+")) {
      if (pattern.length() > 1) {
        pattern.append(" (?:-\\S+ )*");
      }
      // The version and the folder of a script are variables where another script calls it.
      boolean isValue = word.equals("...") || (isScript && word.matches("[0-9.]+|target/.*"));
      pattern.append(isValue ? "(?:\\$\\([^)]*\\)|\\S)+" : Pattern.quote(word));
    }
    return pattern
        .append(isScript ? "$" : "(?= |$)")
        .toString()
        .replaceFirst("^\\^", "(?:^|MAVEN_OPTIONS=\\\\S+ )");
  }
}
