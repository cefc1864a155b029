// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * An event does not even fit into a batch of its own. Raise {@code max-batch-bytes} if the
 * service's tier allows larger ones, or give a handler: {@link
 * ProducerSettings#withOversizedEventHandler(OversizedEventHandler)}.
 */
public final class EventTooLargeException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  private final long size;
  private final long limit;

  /** With the event's size and the limit it exceeds, both in bytes. */
  public EventTooLargeException(long size, long limit) {
    super(
        "An event of about "
            + size
            + " bytes does not fit into a batch of at most "
            + limit
            + " bytes. Make the event smaller, raise max-batch-bytes if the service's tier allows"
            + " larger ones, or set a handler with ProducerSettings.withOversizedEventHandler.");
    this.size = size;
    this.limit = limit;
  }

  /**
   * The event's encoded size in bytes, with its properties and the overhead of the encoding; an
   * estimate that errs on the high side by a few bytes per property.
   */
  public long size() {
    return size;
  }

  /**
   * The most that a batch may take: the smaller of {@code max-batch-bytes} and the service's limit.
   */
  public long limit() {
    return limit;
  }

  /** Never: the same event is too large again. */
  @Override
  public boolean isTransient() {
    return false;
  }
}
