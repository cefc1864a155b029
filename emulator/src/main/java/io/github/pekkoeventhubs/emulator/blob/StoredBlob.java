// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Instant;
import java.util.SortedMap;

/** A block blob; immutable, so that a reader needs no lock. */
final class StoredBlob {

  private final BlobSnapshot properties;
  private final byte[] content;

  private StoredBlob(BlobSnapshot properties, byte[] content) {
    this.properties = properties;
    this.content = content;
  }

  static StoredBlob put(
      String name,
      byte[] content,
      String contentType,
      SortedMap<String, String> metadata,
      String etag,
      Instant now) {
    return new StoredBlob(
        new BlobSnapshot(name, etag, metadata, contentType, content.length, now, now), content);
  }

  /** A blob of an earlier process. */
  static StoredBlob kept(
      String name,
      byte[] content,
      String contentType,
      SortedMap<String, String> metadata,
      String etag,
      Instant createdAt,
      Instant lastModified) {
    return new StoredBlob(
        new BlobSnapshot(
            name, etag, metadata, contentType, content.length, createdAt, lastModified),
        content);
  }

  StoredBlob withMetadata(SortedMap<String, String> metadata, String etag, Instant now) {
    return new StoredBlob(
        new BlobSnapshot(
            properties.name(),
            etag,
            metadata,
            properties.contentType(),
            properties.contentLength(),
            properties.createdAt(),
            now),
        content);
  }

  BlobSnapshot properties() {
    return properties;
  }

  byte[] content() {
    return content;
  }
}
