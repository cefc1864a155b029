// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.continuity.ReadMark;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

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

  /**
   * Whether the receiver's connection has left questions unanswered, so that they go over another
   * one: an answer then says nothing about the receiver.
   */
  default boolean hasSilentConnection() {
    return false;
  }

  /** The connection seems to be dead although it looks open: the next receiver uses another one. */
  void abandonConnection();

  /**
   * Closes the receiver.
   *
   * @return whether nothing arrives any more until the next one is attached
   */
  default boolean detach() {
    return true;
  }

  /** Closes the receiver, to be followed at once by another one. */
  default void replaceReceiver() {}

  /** Whether the next receiver is to use a connection that no other partition uses. */
  enum OwnConnection {
    NOT_WANTED,
    /** It is, unless another partition waits for one. */
    UNLESS_OTHERS_WAIT,
    WANTED
  }

  /**
   * Says which connection the next receiver is to use. By default each has one of its own anyway.
   *
   * @return whether it gets one of its own, if it is to: too many partitions may have one
   */
  default boolean useOwnConnection(OwnConnection wish) {
    return true;
  }

  /** Makes the stage check again, after a change that it may be waiting for. */
  void wake();

  /** Whether the part of the stream that takes the partition's events has been run. */
  default boolean isRun() {
    return true;
  }

  /** The last event that arrived, or was left out, or {@link PartitionSession#NONE}. */
  long lastReceived();

  /** The last event that arrived in this epoch; null if none has, or if one was left out since. */
  default @Nullable ReadMark lastRead() {
    return null;
  }

  /**
   * Leaves out this event, the next one that the partition has. To be called while nothing can
   * arrive.
   */
  default void leaveOut(long sequenceNumber) {}

  /** Grows with everything that arrives. */
  long receivedCount();

  /** How far the epoch has come. */
  default Progress progress() {
    return new Progress(receivedCount(), 0, 0, null);
  }

  /** For what the next emission waits here: events, demand or a resume. */
  default WaitsFor waitsFor() {
    return WaitsFor.EVENTS;
  }

  /** Whether the receiver waits for events, as opposed to waiting for the stream. */
  boolean hasDemand();

  /**
   * Detaches the receiver, drops what was not emitted, completes the partition's part of the
   * stream, and then calls {@link PartitionSession#emissionStopped}.
   */
  void finish();

  /**
   * The progress of an epoch. The counts only grow.
   *
   * @param received events that have arrived
   * @param emitted events that the stream has taken
   * @param limit how many may wait between the two now
   * @param oldestWaiting when the first of those that wait was enqueued; null if none waits
   */
  @InternalApi
  record Progress(long received, long emitted, long limit, @Nullable Instant oldestWaiting) {

    /** Before the first event. */
    public static final Progress NONE = new Progress(0, 0, 0, null);

    /** How many events wait for the stream. */
    long waiting() {
      return Math.max(0, received - emitted);
    }
  }

  /**
   * The end of a receiver.
   *
   * @param cause the error of the service or the connection
   * @param stolen whether another receiver displaced it
   * @param hadReceived whether events had arrived through it
   * @param mayPass whether attaching again can help
   * @param fault what was wrong with the position or with an event
   */
  @InternalApi
  record ReceiverEnd(
      Throwable cause, boolean stolen, boolean hadReceived, boolean mayPass, Fault fault) {

    /** The connection or the service has ended it. */
    public ReceiverEnd(Throwable cause, boolean stolen, boolean hadReceived, boolean mayPass) {
      this(cause, stolen, hadReceived, mayPass, Fault.NONE);
    }

    /** The same end, with what it turned out to mean. */
    ReceiverEnd withCause(Throwable meaning, boolean passes) {
      return new ReceiverEnd(meaning, stolen, hadReceived, passes, fault);
    }
  }

  /** The faults of a position or an event. */
  @InternalApi
  enum Fault {
    /** Nothing: it was the connection or the service. */
    NONE,
    /** The SDK has completed the receiver without saying why. */
    NO_REASON,
    /** The service does not accept the position from which to read. */
    POSITION_REFUSED,
    /** An event is not of the log that was read before. */
    ANOTHER_LOG,
    /** Events are missing, and the stream is to fail then. */
    EVENTS_MISSED,
    /** The SDK cannot decode an event. */
    UNDECODABLE,
    /** The namespace refuses the key or the token. */
    ACCESS_REFUSED
  }
}
