// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A write that a request asks for.
 *
 * @param client the name of the client, for the log
 * @param status of the reply when it is applied
 * @param metadata the metadata that it sets, for the log
 */
record BlobChange(
    BlobOperation operation,
    String client,
    int status,
    SortedMap<String, String> metadata,
    Step step) {

  /**
   * From a blob's state to the next; null stands for no blob. Called under the container's lock.
   */
  @FunctionalInterface
  interface Step {
    /**
     * The state after the write.
     *
     * @throws StorageError if a condition refuses the write
     */
    @Nullable StoredBlob apply(@Nullable StoredBlob current);
  }
}
