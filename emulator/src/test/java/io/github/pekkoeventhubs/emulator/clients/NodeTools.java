// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs the official JavaScript clients and Azurite for the tests.
 *
 * <p>The packages named in {@code src/test/javascript/package-lock.json} are installed once into
 * {@code target/node}, also when several JVMs ask at the same time. Where Node.js or npm is missing
 * the asking test is skipped.
 */
public final class NodeTools {
  /** The folder of this module, also for the tests of another. */
  private static final Path MODULE =
      Path.of(System.getProperty("basedir", System.getProperty("user.dir")))
          .resolveSibling("emulator");

  private static final Path SOURCES = MODULE.resolve("src/test/javascript");
  private static final Path HOME = MODULE.resolve("target/node");
  private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(5);

  private NodeTools() {}

  /** The result of a finished script; standard error is part of the output. */
  public record Result(int exitCode, String output) {}

  /** Skips the calling test when this machine has no Node.js or no npm. */
  public static void assumeInstalled() {
    for (String program : List.of("node", "npm")) {
      assumeTrue(onPath(program), program + " is not on the PATH");
    }
  }

  /** Installs the packages if that has not been done yet and returns the folder they are in. */
  public static synchronized Path install() {
    assumeInstalled();
    try {
      Files.createDirectories(HOME);
      try (FileChannel channel =
              FileChannel.open(
                  HOME.resolve("install.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        installUnder(lock);
      }
      return HOME;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a script of {@code src/test/javascript} to its end.
   *
   * @throws IllegalStateException if it takes longer than {@code timeout}
   */
  public static Result run(String script, Duration timeout, String... arguments) {
    List<String> command = new ArrayList<>(List.of("node", deploy(script).toString()));
    command.addAll(Arrays.asList(arguments));
    return execute(command, timeout);
  }

  /** Starts a script of {@code src/test/javascript}, with which the caller then talks. */
  public static Process start(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("node", deploy(script).toString()));
    command.addAll(Arrays.asList(arguments));
    try {
      return builder(command).redirectErrorStream(false).redirectError(Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a program of an installed package, for example {@code azurite/dist/src/blob/main.js},
   * and waits for the line that says it is ready. The process is killed when the server is closed,
   * at the latest when this JVM ends.
   *
   * @param ready found in a line of the output once the server accepts connections
   */
  public static NodeServer startServer(
      String program, Pattern ready, Duration timeout, String... arguments) {
    return startServer(
        install().resolve("node_modules").resolve(program), ready, timeout, arguments);
  }

  /** The same for a script of {@code src/test/javascript}. */
  public static NodeServer startScript(
      String script, Pattern ready, Duration timeout, String... arguments) {
    return startServer(deploy(script), ready, timeout, arguments);
  }

  private static NodeServer startServer(
      Path file, Pattern ready, Duration timeout, String... arguments) {
    List<String> command = new ArrayList<>(List.of("node", file.toString()));
    command.addAll(Arrays.asList(arguments));
    try {
      return NodeServer.start(builder(command), ready, timeout);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void installUnder(FileLock lock) throws IOException {
    assert lock.isValid();
    Path stamp = HOME.resolve("installed-lock.json");
    Path wanted = SOURCES.resolve("package-lock.json");
    if (Files.exists(stamp) && Files.mismatch(stamp, wanted) == -1) {
      return;
    }
    for (String name : List.of("package.json", "package-lock.json")) {
      Files.copy(SOURCES.resolve(name), HOME.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Result result =
        execute(
            List.of("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"),
            INSTALL_TIMEOUT);
    if (result.exitCode() != 0) {
      throw new IllegalStateException("npm ci failed:\n" + result.output());
    }
    Files.copy(wanted, stamp, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * A script finds its packages from its own folder upwards, so it has to be next to them. Another
   * JVM may run it at the same time, and never sees half of it.
   */
  private static Path deploy(String script) {
    Path target = install().resolve(script);
    Path source = SOURCES.resolve(script);
    try {
      if (!Files.exists(target) || Files.mismatch(source, target) != -1) {
        Path copy = Files.createTempFile(HOME, "script-", ".tmp");
        Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  private static Result execute(List<String> command, Duration timeout) {
    try {
      Path output = Files.createTempFile(HOME, "output-", ".txt");
      Process process = builder(command).redirectOutput(output.toFile()).start();
      try {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(
              command + " did not end within " + timeout + ":\n" + Files.readString(output, UTF_8));
        }
        return new Result(process.exitValue(), Files.readString(output, UTF_8));
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + command, e);
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command).directory(HOME.toFile()).redirectErrorStream(true);
  }

  private static boolean onPath(String program) {
    String path = System.getenv("PATH");
    return path != null
        && Arrays.stream(path.split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
