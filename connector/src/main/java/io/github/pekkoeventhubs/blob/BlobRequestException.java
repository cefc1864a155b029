// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** A request to the blob service that has neither succeeded nor been refused by its condition. */
@InternalApi
public final class BlobRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of the failure, by the action that it needs. */
  public enum Kind {
    /** The container does not exist: create it, or correct its name. */
    NO_CONTAINER,
    /** The service does not accept the credentials, or they do not allow this request. */
    NOT_AUTHORIZED,
    /** Somebody holds a lease on the blob or the container. */
    LEASED,
    /** The service or the way to it is in trouble: the same request may succeed later. */
    UNAVAILABLE,
    /** The service, or the SDK before it, does not accept the request as it is. */
    NOT_ACCEPTED
  }

  private final Kind kind;
  private final String detail;

  BlobRequestException(Kind kind, String detail, @Nullable Throwable cause) {
    super(detail, cause);
    this.kind = kind;
    this.detail = detail;
  }

  /** Returns the kind of the failure. */
  public Kind kind() {
    return kind;
  }

  /** The service's status and error code, or what has become of the request on its way. */
  public String detail() {
    return detail;
  }
}
