// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * A producer outside of a stream holds as much as {@code max-buffered-bytes} allows, and has not
 * taken the events. None of them is sent; sending them again later can help, once earlier ones have
 * been acknowledged.
 */
public final class ProducerFullException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With what the producer holds, and what it may hold, both in bytes. */
  public ProducerFullException(long held, long limit) {
    super(
        "The producer holds events of "
            + held
            + " bytes that are not acknowledged yet, and takes no more: max-buffered-bytes is "
            + limit
            + ". Send again when earlier sends are acknowledged, send less at a time, or raise"
            + " max-buffered-bytes.");
  }

  /** True: earlier sends are acknowledged sooner or later. */
  @Override
  public boolean isTransient() {
    return true;
  }
}
