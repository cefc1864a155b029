// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The owners of the partitions over time, from the Blob service's log. */
final class GroupHistory {

  private GroupHistory() {}

  /** How often a partition has got an owner that is not the one it had before. */
  static int changesOfOwner(EmbeddedServices services) {
    return changesOfOwner(services.blobs().writes());
  }

  private static int changesOfOwner(List<BlobWrite> writes) {
    Map<String, String> owners = new HashMap<>();
    int changes = 0;
    for (BlobWrite write : writes) {
      String owner = Objects.toString(write.metadata().get("ownerid"), "");
      if (write.blob().contains("/ownership/")
          && !owner.isEmpty()
          && !owner.equals(owners.put(write.blob(), owner))) {
        changes++;
      }
    }
    return changes;
  }

  /** How many partitions each owner has now; what is released counts for "". */
  static Map<String, Long> loads(EmbeddedServices services) {
    Map<String, Long> loads = new HashMap<>();
    services.owners().values().forEach(owner -> loads.merge(owner, 1L, Long::sum));
    return loads;
  }
}
