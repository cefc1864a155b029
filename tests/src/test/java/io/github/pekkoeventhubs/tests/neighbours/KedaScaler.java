// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import java.util.Locale;
import java.util.Map;

/**
 * How KEDA's {@code azure-eventhub} scaler finds the lag of a partition with {@code
 * checkpointStrategy: blobMetadata}: its rules, as they are in {@code
 * pkg/scalers/azure/azure_eventhub_checkpoint.go} and {@code pkg/scalers/azure_eventhub_scaler.go}
 * of version 2.
 *
 * @param namespace of the connection string, or of {@code eventHubNamespace} with the suffix: taken
 *     as it is written
 * @param eventHub of the connection string's {@code EntityPath} or of {@code eventHubName}: taken
 *     as it is written
 * @param consumerGroup {@code consumerGroup}: the only name that the scaler turns into lower case
 */
record KedaScaler(
    BlobContainerClient container, String namespace, String eventHub, String consumerGroup) {

  private static final long STALE_PARTITION_INFO_THRESHOLD = 10_000;

  /** The scaler could not read a checkpoint; then it reports no metric, and nothing is scaled. */
  static final class ScalerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScalerException(String message) {
      super(message);
    }
  }

  /**
   * The events that the scaler takes for unprocessed.
   *
   * @param firstSequenceNumber of the partition's properties
   * @param lastSequenceNumber of the partition's properties, -1 for one that never had an event
   */
  long unprocessedEvents(String partitionId, long firstSequenceNumber, long lastSequenceNumber) {
    if (lastSequenceNumber == -1) {
      return 0;
    }
    Map<String, String> metadata;
    try {
      metadata =
          container
              .getBlobClient(
                  String.join(
                      "/",
                      namespace,
                      eventHub,
                      consumerGroup.toLowerCase(Locale.ROOT),
                      "checkpoint",
                      partitionId))
              .downloadContentWithResponse(null, null, null, null)
              .getDeserializedHeaders()
              .getMetadata();
    } catch (BlobStorageException e) {
      if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
        return withoutCheckpoint(firstSequenceNumber, lastSequenceNumber);
      }
      throw e;
    }
    return unprocessed(sequenceNumber(metadata), lastSequenceNumber);
  }

  private static long withoutCheckpoint(long first, long last) {
    boolean hasEvents = (first == 0 && last == 0) || first != last;
    return hasEvents ? last - first + 1 : 0;
  }

  /** Go's HTTP client hands header names out with a capital at their beginning. */
  private static long sequenceNumber(Map<String, String> metadata) {
    String text = metadata.getOrDefault("sequencenumber", metadata.get("Sequencenumber"));
    if (text == null) {
      throw new ScalerException("sequencenumber on blob not found");
    }
    // strconv.ParseInt accepts a sign and digits, and no blanks.
    if (!text.matches("[+-]?[0-9]+")) {
      throw new ScalerException("sequencenumber is not a valid int64 value: " + text);
    }
    return Long.parseLong(text);
  }

  private static long unprocessed(long checkpoint, long last) {
    long count = last >= checkpoint ? last - checkpoint : Long.MAX_VALUE - checkpoint + last;
    return count > Long.MAX_VALUE - STALE_PARTITION_INFO_THRESHOLD ? 0 : count;
  }
}
