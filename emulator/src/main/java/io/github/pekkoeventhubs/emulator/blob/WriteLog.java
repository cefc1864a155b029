// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The writes in the order in which they were applied. A container records while it holds its lock,
 * so for one container the log's order is the order of effects.
 */
final class WriteLog {

  private final Clock clock;
  private final int capacity;
  private final ArrayDeque<BlobWrite> writes = new ArrayDeque<>();
  private long numbered;

  WriteLog(Clock clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
  }

  synchronized void record(
      String container,
      String blob,
      BlobOperation operation,
      String client,
      @Nullable StoredBlob before,
      @Nullable StoredBlob after,
      SortedMap<String, String> metadata,
      int status,
      @Nullable String errorCode) {
    numbered++;
    if (capacity == 0) {
      return;
    }
    if (writes.size() == capacity) {
      writes.removeFirst();
    }
    writes.addLast(
        new BlobWrite(
            numbered,
            clock.instant(),
            container,
            blob,
            operation,
            client,
            etagOf(before),
            etagOf(after),
            metadata,
            status,
            errorCode));
  }

  synchronized List<BlobWrite> attempts() {
    return List.copyOf(writes);
  }

  private static @Nullable String etagOf(@Nullable StoredBlob blob) {
    return blob == null ? null : blob.properties().etag();
  }
}
