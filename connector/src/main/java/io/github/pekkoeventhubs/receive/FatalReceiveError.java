// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ReceiveException;

/** An error after which a stream may stand still, or have lost what it has received. */
final class FatalReceiveError {

  private FatalReceiveError() {}

  /** The failure of the stream; trying again in the same process does not help. */
  static ReceiveException of(Throwable error) {
    String remedy =
        error instanceof OutOfMemoryError
            ? "; give the process more memory, or lower max-buffered-bytes"
            : "; end this process and start another one";
    return new ReceiveException(
        "a thread that the stream needs has ended with " + error + remedy, error, false);
  }
}
