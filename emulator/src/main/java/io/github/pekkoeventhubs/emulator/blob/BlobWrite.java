// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One write to a blob, as the service ordered it.
 *
 * @param number counts all writes of the service, applied or refused, from 1
 * @param time by the service's clock
 * @param container the container's name
 * @param blob the blob's name
 * @param operation {@link BlobOperation#PUT_BLOB}, {@link BlobOperation#SET_METADATA} or {@link
 *     BlobOperation#DELETE_BLOB}
 * @param client the request's {@code User-Agent}, which begins with the application id that the
 *     client's options set; empty where there is none
 * @param etagBefore null where the blob did not exist
 * @param etagAfter null where the blob does not exist now; the same as before when the write was
 *     refused
 * @param metadata what the request set; unmodifiable, in order of name
 * @param status the HTTP status the service decided on, whether or not the reply reached the client
 * @param errorCode why the write was refused; null when it was applied
 */
public record BlobWrite(
    long number,
    Instant time,
    String container,
    String blob,
    BlobOperation operation,
    String client,
    @Nullable String etagBefore,
    @Nullable String etagAfter,
    SortedMap<String, String> metadata,
    int status,
    @Nullable String errorCode) {

  /** Whether the write changed the blob. */
  public boolean applied() {
    return errorCode == null;
  }
}
