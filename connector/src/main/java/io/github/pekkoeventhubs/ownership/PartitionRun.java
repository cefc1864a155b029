// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;

/** One epoch of one partition in the stream that reads it. Any thread; none is blocked. */
@InternalApi
public interface PartitionRun {

  /**
   * Attaches a receiver after the last event that arrived, replacing an earlier one. One of the
   * callbacks is called at most once, and none after {@link #finish} or a later attach.
   *
   * @param whenEnded the link is gone
   * @param whenOutgrown the link was closed since it did not fit the size of the events: another
   *     one should follow at once
   */
  void attach(Consumer<ReceiverEnd> whenEnded, Runnable whenOutgrown);

  /** The connection seems to be dead although it looks open: the next receiver uses another one. */
  void abandonConnection();

  /** Makes the stage check again, after a change that it may be waiting for. */
  void wake();

  /** Whether the part of the stream that takes the partition's events has been run. */
  default boolean isRun() {
    return true;
  }

  /** The last event that arrived, or {@link PartitionSession#NONE}. */
  long lastReceived();

  /** Grows with everything that arrives. */
  long receivedCount();

  /** Whether the receiver waits for events, as opposed to waiting for the stream. */
  boolean hasDemand();

  /**
   * Detaches the receiver, drops what was not emitted, completes the partition's part of the
   * stream, and then calls {@link PartitionSession#emissionStopped}.
   */
  void finish();

  /**
   * The end of a receiver.
   *
   * @param cause the error of the service or the connection
   * @param stolen whether another receiver displaced it
   * @param hadReceived whether events had arrived through it
   * @param mayPass whether attaching again can help
   */
  @InternalApi
  record ReceiverEnd(Throwable cause, boolean stolen, boolean hadReceived, boolean mayPass) {}
}
