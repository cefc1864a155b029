// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.io.IOException;
import java.io.Serial;

/**
 * Bytes that are not an HTTP request we accept: answered with a status, then the connection closes.
 */
final class MalformedRequestException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  MalformedRequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
