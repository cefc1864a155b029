// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A container and its blobs. One lock makes each request atomic: a condition is decided and the
 * write applied with nothing in between, and a listed page is one moment of the container.
 */
final class Container {

  private final String name;
  private final String etag;
  private final Instant lastModified;
  private final SortedMap<String, String> metadata;
  private final WriteLog log;
  private final BlobJournal journal;
  private final TreeMap<String, StoredBlob> blobs = new TreeMap<>();
  private boolean deleted;

  Container(
      String name,
      String etag,
      Instant lastModified,
      SortedMap<String, String> metadata,
      WriteLog log,
      BlobJournal journal) {
    this.name = name;
    this.etag = etag;
    this.lastModified = lastModified;
    this.metadata = metadata;
    this.log = log;
    this.journal = journal;
  }

  /** Takes in the blobs of an earlier process. */
  synchronized void restore(Map<String, StoredBlob> kept) {
    blobs.putAll(kept);
  }

  String name() {
    return name;
  }

  String etag() {
    return etag;
  }

  Instant lastModified() {
    return lastModified;
  }

  SortedMap<String, String> metadata() {
    return metadata;
  }

  synchronized @Nullable StoredBlob find(String blob) {
    requireNotDeleted();
    return blobs.get(blob);
  }

  /**
   * Applies a write and records it, also when it is refused.
   *
   * @return the blob after it, null if it deleted the blob
   */
  synchronized @Nullable StoredBlob change(String blob, BlobChange change) {
    requireNotDeleted();
    StoredBlob before = blobs.get(blob);
    StoredBlob after;
    try {
      after = change.step().apply(before);
    } catch (StorageError refused) {
      log.record(
          name,
          blob,
          change.operation(),
          change.client(),
          before,
          before,
          change.metadata(),
          refused.status(),
          refused.code());
      throw refused;
    }
    if (after == null) {
      journal.deleted(name, blob);
      blobs.remove(blob);
    } else {
      journal.changed(name, after);
      blobs.put(blob, after);
    }
    log.record(
        name,
        blob,
        change.operation(),
        change.client(),
        before,
        after,
        change.metadata(),
        change.status(),
        null);
    return after;
  }

  /** One page of the blobs, in order of name. */
  synchronized BlobPage list(BlobListing listing) {
    requireNotDeleted();
    return listing.read(blobs);
  }

  synchronized List<BlobSnapshot> snapshot() {
    List<BlobSnapshot> snapshots = new ArrayList<>();
    blobs.values().forEach(blob -> snapshots.add(blob.properties()));
    return List.copyOf(snapshots);
  }

  /** From now on every request is answered as if the container had never been. */
  synchronized void delete() {
    requireNotDeleted();
    deleted = true;
    blobs.clear();
  }

  private void requireNotDeleted() {
    // A request may have found the container just before another one deleted it.
    if (deleted) {
      throw StorageError.containerNotFound();
    }
  }
}
