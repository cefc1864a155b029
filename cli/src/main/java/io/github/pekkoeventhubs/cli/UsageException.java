// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

/** The arguments cannot be understood, or a setting is missing. */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
