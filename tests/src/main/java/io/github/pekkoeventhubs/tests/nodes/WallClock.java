// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * The time of day that a process sees: the machine's, or another one set by a small library which
 * is loaded before the C library. The monotonic clock is always the machine's.
 *
 * @param ahead how far this clock is ahead of the machine's; negative if it is behind
 */
record WallClock(Duration ahead) {

  static final WallClock OF_THE_MACHINE = new WallClock(Duration.ZERO);

  private static final Path SOURCE = Path.of("src", "test", "c", "wall_clock.c");
  private static final Path LIBRARY = Path.of("target", "wall-clock", "libwall_clock.so");

  /** Whether there is a C compiler to build the library with. */
  static boolean isChangeable() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "cc"))
        .anyMatch(Files::isExecutable);
  }

  /** The environment in which a process has this clock. */
  Map<String, String> environment() {
    return ahead.isZero()
        ? Map.of()
        : Map.of(
            "LD_PRELOAD", built().toAbsolutePath().toString(),
            "WALL_CLOCK_SECONDS_AHEAD", Long.toString(ahead.toSeconds()));
  }

  private static synchronized Path built() {
    try {
      Files.createDirectories(LIBRARY.getParent());
      Process compiler =
          new ProcessBuilder(
                  "cc", "-shared", "-fPIC", "-o", LIBRARY.toString(), SOURCE.toString(), "-ldl")
              .redirectErrorStream(true)
              .start();
      String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (compiler.waitFor() != 0) {
        throw new IllegalStateException(SOURCE + " does not compile: " + output);
      }
      return LIBRARY;
    } catch (IOException e) {
      throw new IllegalStateException(SOURCE + " cannot be compiled", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
