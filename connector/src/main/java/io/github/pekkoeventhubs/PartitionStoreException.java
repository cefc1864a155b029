// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The store of ownership and checkpoints could not be read or written. */
public final class PartitionStoreException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  private final boolean mayPass;
  private final @Nullable Duration retryAfter;

  /**
   * With a message that names the store and the record.
   *
   * @param mayPass whether the same request may succeed later (throttling, a timeout, a lost
   *     connection, an error of the service); the connector retries those and no others
   */
  public PartitionStoreException(String message, @Nullable Throwable cause, boolean mayPass) {
    this(message, cause, mayPass, Optional.empty());
  }

  /**
   * With a message that names the store and the record.
   *
   * @param mayPass whether the same request may succeed later
   * @param retryAfter how long the store asks not to be asked again, if it does
   */
  public PartitionStoreException(
      String message, @Nullable Throwable cause, boolean mayPass, Optional<Duration> retryAfter) {
    super(message, cause);
    this.mayPass = mayPass;
    this.retryAfter = retryAfter.orElse(null);
  }

  /** How long the store asks not to be asked again; empty if it does not say so. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /**
   * Whether the same request may succeed later: false if the container is missing or access is
   * refused.
   */
  @Override
  public boolean isTransient() {
    return mayPass;
  }
}
