// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

/** The kinds of requests, by the answers that they can have. */
enum BlobRequest {
  /** Reads a blob, which may be absent. */
  READ,
  /** Creates a blob that must not exist. */
  CREATE,
  /** Replaces a blob that must exist in a certain version. */
  REPLACE,
  /** Asks the container for something. */
  ASK_CONTAINER;

  boolean isConditional() {
    return this == CREATE || this == REPLACE;
  }
}
