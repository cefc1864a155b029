// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import io.github.pekkoeventhubs.blob.BlobRequestException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import reactor.core.Exceptions;

/** Translates a failed request into its meaning. */
final class BlobFailures {

  private static final Set<BlobErrorCode> LEASED =
      Set.of(
          BlobErrorCode.LEASE_ID_MISSING,
          BlobErrorCode.LEASE_ID_MISMATCH_WITH_BLOB_OPERATION,
          BlobErrorCode.LEASE_LOST);
  private static final Set<BlobErrorCode> NO_CONTAINER =
      Set.of(BlobErrorCode.CONTAINER_NOT_FOUND, BlobErrorCode.CONTAINER_BEING_DELETED);

  private BlobFailures() {}

  /** There is no such blob, in a container that exists. */
  static boolean isAbsent(Throwable failure) {
    return failure instanceof BlobStorageException e
        && e.getStatusCode() == 404
        && !NO_CONTAINER.contains(e.getErrorCode());
  }

  /**
   * The condition of a write was not met: there is a blob already (409), or its version is another
   * one (412). A blob that has been deleted has no version either; services answer 412 or 404.
   */
  static boolean isRefused(Throwable failure) {
    return failure instanceof BlobStorageException e
        && (e.getStatusCode() == 409 || e.getStatusCode() == 412 || isAbsent(e))
        && !LEASED.contains(e.getErrorCode())
        && !NO_CONTAINER.contains(e.getErrorCode());
  }

  static BlobRequestException describe(Throwable wrapped, Duration requestTimeout) {
    Throwable failure = Exceptions.unwrap(wrapped);
    if (failure instanceof BlobStorageException e) {
      return new BlobRequestException(kindOf(e), "HTTP " + e.getStatusCode() + codeOf(e), e);
    }
    if (failure instanceof TimeoutException) {
      return new BlobRequestException(
          Kind.UNAVAILABLE, "no answer within " + requestTimeout.toMillis() + " ms", failure);
    }
    if (failure instanceof ClientAuthenticationException) {
      return new BlobRequestException(Kind.NOT_AUTHORIZED, "no access token", failure);
    }
    if (isConnectionTrouble(failure)) {
      return new BlobRequestException(
          Kind.UNAVAILABLE, "connection failed: " + reason(failure), failure);
    }
    return new BlobRequestException(Kind.NOT_ACCEPTED, failure.toString(), failure);
  }

  private static Kind kindOf(BlobStorageException e) {
    int status = e.getStatusCode();
    if (NO_CONTAINER.contains(e.getErrorCode())) {
      return Kind.NO_CONTAINER;
    }
    if (LEASED.contains(e.getErrorCode())) {
      return Kind.LEASED;
    }
    if (status == 401 || status == 403) {
      return Kind.NOT_AUTHORIZED;
    }
    // Azure throttles with 503 and, from its front door, with 429.
    return status == 408 || status == 429 || status >= 500 ? Kind.UNAVAILABLE : Kind.NOT_ACCEPTED;
  }

  private static String codeOf(BlobStorageException e) {
    BlobErrorCode code = e.getErrorCode();
    return code == null || code.toString() == null ? "" : " " + code;
  }

  /** The JDK's client says neither of these in its message. */
  private static String reason(Throwable failure) {
    boolean refused = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return "unknown host";
      }
      refused |= cause instanceof ConnectException && cause.getMessage() == null;
    }
    return refused ? "connection refused" : failure.toString();
  }

  /** HTTP clients wrap what the socket has thrown, each in its own way. */
  private static boolean isConnectionTrouble(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof TimeoutException) {
        return true;
      }
    }
    return false;
  }
}
