// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A checkpoint as a {@link PartitionStore} holds it: the last event that was processed, so that
 * reading goes on after it. Immutable, and safe for all threads. An entry that cannot be read fails
 * where it is asked for, with a {@link CheckpointUnreadableException}.
 *
 * @param entries every entry of the record with lower-case keys, those of other writers included,
 *     so that it can be written back as it was read
 * @param version changes with every write, and is named by a conditional write. A blob's ETag
 * @param place where the record is, for messages: for example the name of its blob. Empty if it is
 *     not known
 */
public record StoredCheckpoint(Map<String, String> entries, String version, String place) {

  /** The key of the sequence number in every language's checkpoint store. */
  public static final String SEQUENCE_NUMBER = "sequencenumber";

  /** The key of the offset in every language's checkpoint store. */
  public static final String OFFSET = "offset";

  /**
   * The key of the {@linkplain CommittableEvent#fencingToken() fencing token} that was given out
   * last, in checkpoints and in ownership records. Records of earlier versions and of other writers
   * have none.
   */
  public static final String FENCING_TOKEN = FencingTokenEntry.KEY;

  /** The offset that means "before the first event". */
  public static final String BEFORE_FIRST_OFFSET = "-1";

  /** Copies the entries. */
  public StoredCheckpoint {
    entries = Map.copyOf(entries);
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(place, "place");
  }

  /** A checkpoint of which it is not known where it is. */
  public StoredCheckpoint(Map<String, String> entries, String version) {
    this(entries, version, "");
  }

  /**
   * The sequence number of the last processed event, {@code -1} or less where nothing was processed
   * yet; empty where the record has none.
   *
   * @throws CheckpointUnreadableException if the entry is no number
   */
  public OptionalLong sequenceNumber() {
    String text = entries.get(SEQUENCE_NUMBER);
    if (text == null || text.isBlank()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text.trim()));
    } catch (NumberFormatException e) {
      throw new CheckpointUnreadableException(
          "the checkpoint"
              + (place.isEmpty() ? "" : " in " + place)
              + " has the entry '"
              + SEQUENCE_NUMBER
              + "' = '"
              + text
              + "', which is no number: correct its entries '"
              + SEQUENCE_NUMBER
              + "' and '"
              + OFFSET
              + "'",
          e);
    }
  }

  /** The same, where an entry that is no number counts as none: to show it, not to read from it. */
  public OptionalLong sequenceNumberIfReadable() {
    try {
      return sequenceNumber();
    } catch (CheckpointUnreadableException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * The offset of the last processed event: an opaque string. Empty where the record has none, also
   * for what some writers store in its place (an empty string, {@code no offset}, {@code null}).
   */
  public Optional<String> offset() {
    String text = entries.get(OFFSET);
    if (text == null || text.isBlank() || text.equals("no offset") || text.equals("null")) {
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /**
   * The fencing token of the last epoch that has claimed the partition. Empty where the record has
   * none, also where its text is no such number.
   */
  public OptionalLong fencingToken() {
    return FencingTokenEntry.in(entries);
  }

  /**
   * The entries for a write that replaces this checkpoint: the given ones with the fencing token of
   * this record, unless they have a higher one. Later tokens are counted from it.
   */
  public Map<String, String> keepFencingToken(Map<String, String> replacement) {
    OptionalLong kept = fencingToken();
    if (kept.isEmpty() || FencingTokenEntry.in(replacement).orElse(0) >= kept.getAsLong()) {
      return replacement;
    }
    Map<String, String> result = new TreeMap<>(replacement);
    result.put(FENCING_TOKEN, Long.toString(kept.getAsLong()));
    return result;
  }

  /**
   * The entries that were committed beside the position with {@link
   * CommittableOffset#withMetadata}, or stored there by others: all entries but those of the
   * checkpoint itself.
   */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>(entries);
    metadata.keySet().removeIf(CommitMetadata::isReserved);
    return Map.copyOf(metadata);
  }

  /** Returns the entries of a checkpoint at this position. */
  public static Map<String, String> entriesOf(long sequenceNumber, String offset) {
    Map<String, String> entries = new TreeMap<>();
    entries.put(SEQUENCE_NUMBER, Long.toString(sequenceNumber));
    entries.put(OFFSET, offset);
    return entries;
  }
}
