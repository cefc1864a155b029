// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** How many requests of each kind have arrived. */
final class RequestCounts {

  private final EnumMap<BlobOperation, Long> counts = new EnumMap<>(BlobOperation.class);

  synchronized void count(BlobOperation operation) {
    counts.merge(operation, 1L, Long::sum);
  }

  synchronized long of(BlobOperation operation) {
    return counts.getOrDefault(operation, 0L);
  }

  synchronized Map<BlobOperation, Long> all() {
    return Collections.unmodifiableMap(new EnumMap<>(counts));
  }
}
