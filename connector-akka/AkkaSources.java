// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Writes the connector's files with Akka's names in the place of Pekko's. Fails on a mention of
 * Pekko that none of its rules knows, so that a new one is decided here. The result depends on the
 * files alone.
 *
 * <p>{@code java connector-akka/AkkaSources.java FROM TO [NAMES]}; NAMES is a regular expression
 * for the names of the files, without which all are written. Files below TO that come from nowhere
 * any more are deleted.
 */
final class AkkaSources {
  /**
   * In this order. What two applications store for each other keeps its name, so that they can
   * share a group.
   */
  private static final Map<Pattern, String> RULES = new LinkedHashMap<>();

  /**
   * Stored in blobs and in properties of events, or the address of this project, or the emulators,
   * which are shared.
   */
  private static final Pattern KEPT =
      Pattern.compile(
          "\"pekko[a-z]*\"|\"pekko-producer-[a-z]+\"|(?<![a-z-])pekko/leases|/pekko-eventhubs(?![a-z-])|pekko\\.apache\\.org"
              + "|io[./]github[./]pekkoeventhubs[./]testkit|io\\.github\\.pekko-eventhubs");

  static {
    rule("org\\.apache\\.pekko:pekko-", "com.typesafe.akka:akka-");
    rule("org\\.apache\\.pekko", "akka");
    rule("org/apache/pekko", "akka");
    rule("io([./])github([./])pekkoeventhubs", "io$1github$2akkaeventhubs");
    // Keys of the configuration, names of modules, actors and threads.
    rule("pekko(?=[.-][a-z])", "akka");
    rule("^pekko(?= \\{)", "akka");
    rule("Pekko", "Akka");
  }

  private static void rule(String from, String to) {
    RULES.put(Pattern.compile(from, Pattern.MULTILINE), to);
  }

  public static void main(String[] arguments) throws IOException {
    var from = Path.of(arguments[0]);
    var to = Path.of(arguments[1]);
    var names = Pattern.compile(arguments.length > 2 ? arguments[2] : ".*");
    var wanted = new TreeMap<Path, String>();
    try (var files = Files.walk(from)) {
      for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (names.matcher(file.getFileName().toString()).matches()) {
          wanted.put(
              to.resolve(renamed(from.relativize(file).toString(), file)),
              renamed(Files.readString(file), file));
        }
      }
    }
    if (wanted.isEmpty()) {
      throw new IOException(from + " has no files that are called " + names);
    }
    write(to, wanted);
  }

  /**
   * Files that are as they should be are not written again, so that nothing is compiled for them.
   */
  private static void write(Path to, Map<Path, String> wanted) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.walk(to)) {
      for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (!wanted.containsKey(file)) {
          Files.delete(file);
        }
      }
    }
    for (var file : wanted.entrySet()) {
      if (!Files.exists(file.getKey())
          || !Files.readString(file.getKey()).equals(file.getValue())) {
        Files.createDirectories(file.getKey().getParent());
        Files.writeString(file.getKey(), file.getValue());
      }
    }
  }

  private static String renamed(String text, Path file) throws IOException {
    var result = new StringBuilder();
    var kept = KEPT.matcher(text);
    int end = 0;
    while (kept.find()) {
      result.append(renamedOutside(text.substring(end, kept.start()), file)).append(kept.group());
      end = kept.end();
    }
    return result.append(renamedOutside(text.substring(end), file)).toString();
  }

  private static String renamedOutside(String text, Path file) throws IOException {
    var result = text;
    for (var rule : RULES.entrySet()) {
      result = rule.getKey().matcher(result).replaceAll(rule.getValue());
    }
    var unknown = Pattern.compile(".*[Pp]ekko.*").matcher(result);
    if (unknown.find()) {
      throw new IOException(
          file
              + " mentions Pekko where no rule of "
              + AkkaSources.class.getSimpleName()
              + " applies: "
              + unknown.group().strip());
    }
    return result;
  }
}
