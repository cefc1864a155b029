// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Instant;
import java.util.SortedMap;

/**
 * A blob as it was at one moment; it does not change when the blob does.
 *
 * @param name the name within its container
 * @param etag without quotation marks
 * @param metadata in order of name, names compared without regard to case; unmodifiable
 * @param contentType as the writer gave it
 * @param contentLength in bytes
 * @param createdAt when this name was last put, by the service's clock, in whole seconds
 * @param lastModified when content or metadata were last written, by the service's clock, in whole
 *     seconds
 */
public record BlobSnapshot(
    String name,
    String etag,
    SortedMap<String, String> metadata,
    String contentType,
    long contentLength,
    Instant createdAt,
    Instant lastModified) {}
