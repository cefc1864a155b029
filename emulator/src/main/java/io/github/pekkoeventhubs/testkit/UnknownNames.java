// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.amqp.ServiceException;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/** Translates the AMQP error for an unknown name into a Java exception for a caller in this JVM. */
final class UnknownNames {
  private UnknownNames() {}

  /**
   * @throws NoSuchElementException if the command names something that does not exist
   */
  static <T> T report(Supplier<T> command) {
    try {
      return command.get();
    } catch (ServiceException e) {
      throw new NoSuchElementException(e.description(), e);
    }
  }
}
