// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that archive the classes of a start, with a jar in the place of the user's. */
class ArchivedClassesTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

  @TempDir Path folder;

  /** What the jar of this test runs. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      System.out.println("it runs");
    }
  }

  private void writeJar() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
    String entry = Program.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar =
            new JarOutputStream(Files.newOutputStream(folder.resolve("orders.jar")), manifest);
        InputStream bytes =
            requireNonNull(Program.class.getResourceAsStream("/" + entry), "its class file")) {
      jar.putNextEntry(new JarEntry(entry));
      bytes.transferTo(jar);
    }
  }

  private String output(String command) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", JAVA.resolve(command).toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    assertThat(builder.start().waitFor()).as(Files.readString(output, UTF_8)).isZero();
    return Files.readString(output, UTF_8);
  }

  @Test
  void theSecondCommandTakesTheClassesOutOfTheArchiveOfTheFirstOne() throws Exception {
    List<String> commands =
        ShownCommand.all().stream()
            .map(ShownCommand::text)
            .filter(command -> command.endsWith(" -jar orders.jar"))
            .map(command -> command.replace(" -jar", " -Xlog:class+load -jar"))
            .toList();
    assertThat(commands).hasSize(2);
    writeJar();

    assertThat(output(commands.get(0))).contains("it runs");
    assertThat(folder.resolve("orders.jsa")).isNotEmptyFile();
    assertThat(output(commands.get(1)))
        .contains("it runs")
        .containsPattern("Program source: shared objects file");
  }
}
