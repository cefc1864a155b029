// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.models.Checkpoint;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A checkpoint of the SDK as the entries that our stores keep. */
final class ProcessorCheckpointEntries {

  private ProcessorCheckpointEntries() {}

  /**
   * The entries that are stored for a checkpoint of the SDK.
   *
   * @throws IllegalArgumentException if it has neither a sequence number nor an offset
   */
  static Map<String, String> of(Checkpoint checkpoint) {
    Map<String, String> entries = new TreeMap<>();
    Long sequenceNumber = checkpoint.getSequenceNumber();
    if (sequenceNumber != null) {
      entries.put(StoredCheckpoint.SEQUENCE_NUMBER, sequenceNumber.toString());
    }
    String offset = offset(checkpoint);
    if (offset != null) {
      entries.put(StoredCheckpoint.OFFSET, offset);
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          "the checkpoint of partition "
              + checkpoint.getPartitionId()
              + " has neither a sequence number nor an offset");
    }
    return entries;
  }

  /** The deprecated number is the only form of the offset that some versions of the SDK set. */
  @SuppressWarnings("deprecation")
  private static @Nullable String offset(Checkpoint checkpoint) {
    String text = checkpoint.getOffsetString();
    if (text != null) {
      return text;
    }
    Long number = checkpoint.getOffset();
    return number == null ? null : number.toString();
  }
}
