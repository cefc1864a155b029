// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Owners and checkpoints as the official storage client reads them from the container: evidence
 * that does not come from the connector.
 *
 * @param owners owner ids by partition; empty where nobody owns it
 * @param checkpoints sequence numbers by partition
 */
record StoredPositions(Map<String, String> owners, Map<String, Long> checkpoints) {

  private static final String OWNERSHIP = "ownership/";
  private static final String CHECKPOINT = "checkpoint/";

  /** Reads all partitions of one consumer group with one request. */
  static StoredPositions read(
      BlobContainerClient container, String namespace, String eventHub, String consumerGroup) {
    String folder =
        (namespace + "/" + eventHub + "/" + consumerGroup + "/").toLowerCase(Locale.ROOT);
    Map<String, String> owners = new TreeMap<>();
    Map<String, Long> checkpoints = new TreeMap<>();
    for (BlobItem blob :
        container.listBlobs(
            new ListBlobsOptions()
                .setPrefix(folder)
                .setDetails(new BlobListDetails().setRetrieveMetadata(true)),
            null)) {
      String name = blob.getName().substring(folder.length());
      Map<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      metadata.putAll(blob.getMetadata() == null ? Map.of() : blob.getMetadata());
      if (name.startsWith(OWNERSHIP)) {
        // An empty value arrives as null.
        owners.put(
            name.substring(OWNERSHIP.length()),
            Objects.requireNonNullElse(metadata.get("ownerid"), ""));
      } else if (name.startsWith(CHECKPOINT) && metadata.containsKey("sequencenumber")) {
        checkpoints.put(
            name.substring(CHECKPOINT.length()), Long.valueOf(metadata.get("sequencenumber")));
      }
    }
    return new StoredPositions(owners, checkpoints);
  }

  /** The owner id; empty where nobody owns the partition. */
  String owner(String partition) {
    return owners.getOrDefault(partition, "");
  }

  OptionalLong checkpoint(String partition) {
    Long checkpoint = checkpoints.get(partition);
    return checkpoint == null ? OptionalLong.empty() : OptionalLong.of(checkpoint);
  }
}
