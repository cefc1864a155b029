// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The conditional headers of a request, evaluated as Blob Storage does: differently for reads and
 * writes, and partly unlike HTTP. Every evaluation either returns or raises the refusal.
 */
record Conditions(
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    @Nullable Instant ifModifiedSince,
    @Nullable Instant ifUnmodifiedSince) {

  private static final String ANY = "*";

  static Conditions of(HttpHeaders headers) {
    return new Conditions(
        etag(headers, "If-Match"),
        etag(headers, "If-None-Match"),
        HttpDate.parseHeader(headers, "If-Modified-Since"),
        HttpDate.parseHeader(headers, "If-Unmodified-Since"));
  }

  /** Quoted and unquoted ETags are the same to the service; more than one is refused. */
  private static @Nullable String etag(HttpHeaders headers, String name) {
    String value = headers.get(name);
    if (value == null || value.isEmpty()) {
      return null;
    }
    if (value.indexOf(',') >= 0) {
      throw StorageError.multipleConditions();
    }
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** Whether the request is to succeed only where nothing exists yet. */
  boolean onlyIfAbsent() {
    return ANY.equals(ifNoneMatch);
  }

  /**
   * For writes one condition decides, by ETag before by time. {@code If-None-Match: *} is not among
   * them: putting a blob answers it with 409, and all other writes to an existing blob ignore it.
   */
  void checkWrite(@Nullable StoredBlob current) {
    requireSupportedCombination();
    if (current == null) {
      require(ifMatch == null || ifNoneMatch != null);
      return;
    }
    if (ifNoneMatch != null) {
      require(onlyIfAbsent() || !names(ifNoneMatch, current));
    } else if (ifMatch != null) {
      require(names(ifMatch, current));
    } else if (ifModifiedSince != null) {
      require(current.properties().lastModified().isAfter(ifModifiedSince));
    } else if (ifUnmodifiedSince != null) {
      require(!current.properties().lastModified().isAfter(ifUnmodifiedSince));
    }
  }

  /**
   * For reads all conditions must hold, except that one of the two "changed" conditions suffices.
   */
  void checkRead(@Nullable StoredBlob current) {
    if (onlyIfAbsent()) {
      throw StorageError.unsatisfiableCondition();
    }
    if (current == null) {
      require(ifMatch == null);
      return;
    }
    require(ifMatch == null || names(ifMatch, current));
    Instant lastModified = current.properties().lastModified();
    require(ifUnmodifiedSince == null || !lastModified.isAfter(ifUnmodifiedSince));
    boolean sameETag = ifNoneMatch != null && names(ifNoneMatch, current);
    boolean notModified = ifModifiedSince != null && !lastModified.isAfter(ifModifiedSince);
    if ((sameETag && (notModified || ifModifiedSince == null))
        || (notModified && ifNoneMatch == null)) {
      throw StorageError.notModified();
    }
  }

  private void requireSupportedCombination() {
    long given =
        Stream.of(ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince)
            .filter(condition -> condition != null)
            .count();
    boolean supportedPair =
        given == 2
            && ((ifMatch != null && ifUnmodifiedSince != null)
                || (ifNoneMatch != null && ifModifiedSince != null));
    if (given > 1 && !supportedPair) {
      throw StorageError.multipleConditions();
    }
  }

  private static boolean names(String etag, StoredBlob current) {
    return etag.equals(ANY) || etag.equals(current.properties().etag());
  }

  private static void require(boolean met) {
    if (!met) {
      throw StorageError.conditionNotMet();
    }
  }
}
