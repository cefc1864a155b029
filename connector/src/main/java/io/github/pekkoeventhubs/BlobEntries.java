// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.blob.BlobRecord;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Ownership and checkpoints, as the metadata of blobs and back. */
final class BlobEntries {

  private static final String OWNER_ID = "ownerid";
  private static final Pattern OWNER_ID_TEXT =
      Pattern.compile("([\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?)?");

  /** The version of a checkpoint that exists under its verbatim name only. */
  static final String NOT_COPIED = "not copied";

  private BlobEntries() {}

  static Map<String, String> ownershipMetadata(String ownerId, Map<String, String> entries) {
    if (!OWNER_ID_TEXT.matcher(ownerId).matches()) {
      throw new IllegalArgumentException(
          "the owner id '"
              + ownerId
              + "' must be printable ASCII without blanks at its ends: it travels in an HTTP header");
    }
    Map<String, String> metadata = new TreeMap<>(entries);
    metadata.put(OWNER_ID, ownerId);
    return metadata;
  }

  static Optional<StoredOwnership> ownership(
      EventHubPartition partition, Optional<BlobRecord> record) {
    return record.map(found -> ownership(partition, found));
  }

  static StoredOwnership ownership(EventHubPartition partition, BlobRecord record) {
    Map<String, String> entries = new TreeMap<>(record.metadata());
    String ownerId = entries.remove(OWNER_ID);
    return new StoredOwnership(
        partition,
        ownerId == null ? "" : ownerId,
        entries,
        record.etag(),
        record.lastModified(),
        record.readAt());
  }

  static StoredCheckpoint checkpoint(BlobRecord record) {
    return new StoredCheckpoint(record.metadata(), record.etag(), record.place());
  }

  static StoredCheckpoint notCopied(BlobRecord record) {
    return new StoredCheckpoint(record.metadata(), NOT_COPIED, record.place());
  }
}
