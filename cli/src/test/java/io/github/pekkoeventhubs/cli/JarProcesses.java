// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The jar of the command line, as built, in a process of its own for each command.
 *
 * @param directory for the files of the processes
 */
record JarProcesses(Path directory) {

  private static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("eventhubs.jar"), "eventhubs.jar"));

  /** Runs one command to its end, with these variables beside those of this process. */
  CommandTest.Result run(Map<String, String> environment, String input, String... arguments)
      throws Exception {
    Path out = directory.resolve("out");
    Process process = start(environment, Redirect.to(out.toFile()), input, arguments);
    try {
      return new CommandTest.Result(exitCode(process), read(out), err());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Starts one command, whose results go there. */
  Process start(Map<String, String> environment, Redirect out, String input, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    Path in = Files.writeString(directory.resolve("in"), input);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out)
            .redirectError(errors().toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Waits for its end. */
  static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", process.info()).isTrue();
    return process.exitValue();
  }

  private Path errors() {
    return directory.resolve("err");
  }

  /** What the last one has said on standard error. */
  String err() throws IOException {
    return read(errors());
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
