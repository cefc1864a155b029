// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import java.util.Map;
import org.apache.pekko.annotation.InternalApi;

/**
 * Up to where a partition has been acknowledged: what a checkpoint has to say. Two equal positions
 * need only one write.
 *
 * @param sequenceNumber the last event of the unbroken run of acknowledged ones, or {@link
 *     #UNKNOWN} where a stored checkpoint had none and nothing has been acknowledged since
 * @param offset the offset of the same event; empty where a stored checkpoint had none
 * @param metadata what the user stores beside it
 * @param gapMap which later events are finished too, as text for the entry {@link #GAP_MAP_ENTRY};
 *     empty if none is. It holds for exactly this sequence number and offset, and is ignored where
 *     it is found beside others
 */
@InternalApi
public record AcknowledgedPosition(
    long sequenceNumber, String offset, Map<String, String> metadata, String gapMap) {

  /** A sequence number below all others. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** The checkpoint entry in which the gap map is kept, which only this connector reads. */
  public static final String GAP_MAP_ENTRY = "pekkogaps";

  /** Copies the metadata. */
  public AcknowledgedPosition {
    metadata = Map.copyOf(metadata);
  }
}
