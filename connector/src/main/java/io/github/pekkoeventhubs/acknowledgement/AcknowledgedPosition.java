// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import io.github.pekkoeventhubs.SequenceNumbers;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;

/**
 * The position up to which a partition has been acknowledged: the content of a checkpoint. Two
 * equal positions need only one write.
 *
 * @param sequenceNumber the last event of the unbroken run of acknowledged ones, or {@link
 *     SequenceNumbers#UNKNOWN} if a stored checkpoint had none and nothing has been acknowledged
 *     since
 * @param offset the offset of the same event; empty if a stored checkpoint had none
 * @param metadata the entries that the user stores beside it
 * @param gapMap the later events that are finished too, as text for the entry of a checkpoint;
 *     empty if there are none. It is valid for exactly this sequence number and offset, and is
 *     ignored beside others
 */
@InternalApi
public record AcknowledgedPosition(
    long sequenceNumber, String offset, Map<String, String> metadata, String gapMap) {

  /** Copies the metadata. */
  public AcknowledgedPosition {
    metadata = Map.copyOf(metadata);
  }
}
