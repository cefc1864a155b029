// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The name of the machine, without a question to a name service, which could take seconds. Any
 * thread.
 */
final class HostName {

  /** The kernel of Linux answers from memory here. */
  static final Path OF_LINUX = Path.of("/proc/sys/kernel/hostname");

  /** Names that may stand in a record. */
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9.-]{1,200}");

  private HostName() {}

  /**
   * The first name that can stand in a record.
   *
   * @param environment where shells, containers and Windows give the name
   * @param file holds the name where the environment does not, and may be missing
   */
  static Optional<String> in(Map<String, String> environment, Path file) {
    return Stream.of("HOSTNAME", "COMPUTERNAME")
        .map(variable -> environment.getOrDefault(variable, ""))
        .filter(HostName::isAllowed)
        .findFirst()
        .or(() -> Optional.of(contentOf(file)).filter(HostName::isAllowed));
  }

  private static boolean isAllowed(String name) {
    return ALLOWED.matcher(name).matches();
  }

  /** Empty where there is no such file: not Linux, or nothing that we may read. */
  private static String contentOf(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
