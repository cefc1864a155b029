// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Commands that a page shows: what they name exists. */
final class DocumentedCommands {

  private static final RepositorySources JAVA = RepositorySources.ending(".java");
  private static final RepositorySources BUILD =
      RepositorySources.ending("pom.xml", ".java", "/.ci/run", "/release/stage");

  /** Programs that are not of this project. */
  private static final Set<String> FOREIGN =
      Set.of("az", "curl", "alias", "npm", "prometheus", "mvn", "source");

  /** Settings of Maven's own plugins. */
  private static final Set<String> MAVEN =
      Set.of("skipTests", "surefire.failIfNoSpecifiedTests", "gpg.keyname", "test");

  private static final Pattern PROPERTY = Pattern.compile("-D([\\w.-]+)(?:=(\\S+))?");

  private DocumentedCommands() {}

  static void check(String text) {
    List<String> commands =
        text.replaceAll("\\\\\n\\s*", " ")
            .lines()
            // What the comment says of Maven's properties is checked like the command.
            .map(line -> line.startsWith("./mvnw ") ? line.replace("#", "") : line)
            .map(line -> line.replaceAll("(^|\\s+)#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .toList();
    assertThat(commands).isNotEmpty().allSatisfy(DocumentedCommands::checkCommand);
  }

  private static void checkCommand(String command) {
    String program = command.replaceFirst("^([A-Z]+=\\S+ )+", "").split("\\s+", 2)[0];
    if (program.equals("./mvnw")) {
      checkMaven(command);
    } else if (program.equals("java") || program.equals("eventhubs")) {
      checkOptions(command);
    } else if (program.equals("export")) {
      matches("\\b([A-Z_]+)=", command)
          .forEach(name -> assertThat(JAVA.haveText(name)).as("variable %s", name).isTrue());
    } else if (program.contains("/")) {
      assertThat(Files.isExecutable(Block.ROOT.resolve(program))).as(program).isTrue();
    } else {
      assertThat(FOREIGN).as("programs").contains(program);
    }
  }

  private static void checkMaven(String command) {
    matches("-P\\s?(\\S+)", command).stream()
        .flatMap(list -> List.of(list.split(",")).stream())
        .forEach(
            id -> assertThat(BUILD.haveText("<id>" + id + "</id>")).as("profile " + id).isTrue());
    matches("-pl (\\S+)", command).stream()
        .flatMap(list -> List.of(list.split(",")).stream())
        .forEach(
            module ->
                assertThat(Files.exists(Block.ROOT.resolve(module).resolve("pom.xml")))
                    .as("module " + module)
                    .isTrue());
    Matcher properties = PROPERTY.matcher(command);
    while (properties.find()) {
      String name = properties.group(1);
      if (name.equals("sample")) {
        assertThat(JAVA.haveClass(properties.group(2))).as(properties.group()).isTrue();
      } else if (name.equals("test")) {
        List<String> modules = matches("-pl (\\S+)", command);
        assertThat(JAVA.files().keySet())
            .as(properties.group())
            .anyMatch(
                file ->
                    file.startsWith(modules.get(0) + "/src/test/")
                        && file.endsWith("/" + properties.group(2) + ".java"));
      } else if (!MAVEN.contains(name)) {
        assertThat(BUILD.haveText(name)).as("property " + name).isTrue();
      }
    }
  }

  private static void checkOptions(String command) {
    matches(" (--[a-z-]+)", command)
        .forEach(option -> assertThat(JAVA.haveText("\"" + option + "\"")).as(option).isTrue());
  }

  private static List<String> matches(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }
}
