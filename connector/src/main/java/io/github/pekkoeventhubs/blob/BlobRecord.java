// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import java.time.Instant;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;

/**
 * One blob's metadata as read or written.
 *
 * @param name the blob's full name in its container
 * @param metadata with lower-case keys: HTTP clients differ in the case they hand out
 * @param etag without quotes; changes with every write
 * @param lastModified by the service's clock, in whole seconds
 * @param readAt the time of the service's answer, by the service's clock, in whole seconds
 */
@InternalApi
public record BlobRecord(
    String name, Map<String, String> metadata, String etag, Instant lastModified, Instant readAt) {

  /** Copies the metadata. */
  public BlobRecord {
    metadata = Map.copyOf(metadata);
  }

  /** Names the blob, for messages. */
  public String place() {
    return "blob '" + name + "'";
  }
}
