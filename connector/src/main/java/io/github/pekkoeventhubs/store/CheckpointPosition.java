// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.pekko.annotation.InternalApi;

/**
 * The position up to which a partition has been processed: the content of one checkpoint.
 *
 * @param sequenceNumber the number of the last processed event
 * @param offset the offset of the last processed event: opaque, not empty
 * @param metadata the entries that the user stores beside it
 * @param gaps the events beyond the sequence number that are finished, too, in the acknowledgement
 *     tracker's own encoding: printable ASCII without blanks; empty if there are none
 * @param gapsRevision grows with each change of {@code gaps} in this epoch while the sequence
 *     number stands still; 0 if only the sequence number has changed. Never stored
 */
@InternalApi
public record CheckpointPosition(
    long sequenceNumber,
    String offset,
    Map<String, String> metadata,
    String gaps,
    long gapsRevision) {

  /** The key of the finished events beyond the sequence number. */
  public static final String GAPS = "pekkogaps";

  private static final Pattern GAPS_TEXT = Pattern.compile("[\\x21-\\x7e]*");

  /** Checks and copies. */
  public CheckpointPosition {
    if (Objects.requireNonNull(offset, "offset").isBlank()) {
      throw new IllegalArgumentException(
          "a checkpoint needs the event's offset beside its sequence number " + sequenceNumber);
    }
    metadata = Map.copyOf(metadata);
    if (!GAPS_TEXT.matcher(gaps).matches()) {
      throw new IllegalArgumentException("gaps must be printable ASCII without blanks: " + gaps);
    }
    if (gapsRevision < 0) {
      throw new IllegalArgumentException("gapsRevision must not be negative: " + gapsRevision);
    }
  }

  /** A position without metadata and gaps. */
  public static CheckpointPosition of(long sequenceNumber, String offset) {
    return new CheckpointPosition(sequenceNumber, offset, Map.of(), "", 0);
  }

  /** Whether this position is later than the other one of the same epoch, or has newer gaps. */
  public boolean isAfter(CheckpointPosition other) {
    return sequenceNumber > other.sequenceNumber
        || (sequenceNumber == other.sequenceNumber && gapsRevision > other.gapsRevision);
  }

  /** The entries of a checkpoint record of this position. */
  public Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>(metadata);
    entries.putAll(StoredCheckpoint.entriesOf(sequenceNumber, offset));
    if (!gaps.isEmpty()) {
      entries.put(GAPS, boundGaps(sequenceNumber, offset, gaps));
    }
    return entries;
  }

  /**
   * The gaps of a checkpoint; empty if it has none, or if they were written with another sequence
   * number or offset than the record has now: then a writer that knows nothing of gaps has moved
   * the checkpoint and carried our entry along. Empty as well before the first event: that position
   * is good for any event hub, so nothing shows whether the gaps are of this one, or of one of the
   * same name that was deleted.
   */
  public static Optional<String> gapsOf(StoredCheckpoint checkpoint) {
    String stored = checkpoint.entries().get(GAPS);
    String sequenceNumber = checkpoint.entries().get(StoredCheckpoint.SEQUENCE_NUMBER);
    String offset = checkpoint.entries().get(StoredCheckpoint.OFFSET);
    if (stored == null
        || sequenceNumber == null
        || offset == null
        || offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET)) {
      return Optional.empty();
    }
    String[] parts = stored.split(" ", 3);
    boolean bound =
        parts.length == 3 && parts[0].equals(sequenceNumber.trim()) && parts[2].equals(offset);
    return bound && !parts[1].isEmpty() ? Optional.of(parts[1]) : Optional.empty();
  }

  /** The offset comes last: it is the one part that may hold any character. */
  private static String boundGaps(long sequenceNumber, String offset, String gaps) {
    return sequenceNumber + " " + gaps + " " + offset;
  }
}
