// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.LogEndWatch;
import io.github.pekkoeventhubs.continuity.PartitionRange;
import io.github.pekkoeventhubs.continuity.ReadMark;
import io.github.pekkoeventhubs.failure.ServiceFailure;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds receivers of one epoch that are dead although nothing has reported their end. For the
 * owner's thread alone.
 *
 * <p>A receiver that waits for events while the service has some is dead, and so is a connection
 * through which the service does not even answer. Answers that come over another connection, which
 * has replaced it for questions, do not change that. Two polls in a row have to say so, since an
 * event, or an answer, may be on its way. A receiver that does not wait for events is not judged.
 * The service is asked in that case, too: users need the lag above all when the stream keeps a
 * partition waiting.
 */
final class StallWatch {

  private static final int SILENT_POLLS = 2;

  private final StreamOfGroup stream;
  private final OwnerLog log;
  private final EventHubPartition partition;
  private final PartitionSession session;
  private final PartitionRun run;
  private final StartingPoint start;
  private final OwnerMailbox mailbox;

  private final LogEndWatch logEnd = new LogEndWatch();

  /** The last event that had arrived when the service was asked. */
  private @Nullable ReadMark readWhenAsked;

  private long countAtLastCheck;
  private int silentPolls;
  private boolean pollUnderWay;

  /** Whether the receiver waited for events when the service was asked. */
  private boolean receiverWaited;

  private boolean hasWarned;

  /** How many events were acknowledged when the partition was found full. */
  private OptionalLong acknowledgedWhenFull = OptionalLong.empty();

  private boolean hasWarnedOfFull;

  StallWatch(
      StreamOfGroup stream,
      OwnerLog log,
      PartitionSession session,
      PartitionRun run,
      StartingPoint start,
      OwnerMailbox mailbox) {
    this.stream = stream;
    this.log = log;
    this.partition = log.partition();
    this.session = session;
    this.run = run;
    this.start = start;
    this.mailbox = mailbox;
  }

  /**
   * Looks at the receiver, and asks the service if no earlier question is unanswered.
   *
   * @param attached whether a receiver is attached
   * @return whether the service is being asked
   */
  boolean check(boolean attached) {
    warnIfNotRun();
    warnIfFull();
    boolean waits = attached && run.hasDemand() && run.receivedCount() == countAtLastCheck;
    if (!waits) {
      countAtLastCheck = run.receivedCount();
      silentPolls = 0;
    }
    return attached && asks(waits);
  }

  /** Asks the service which events there are, unless it is being asked. */
  void ask() {
    asks(false);
  }

  private boolean asks(boolean waits) {
    if (pollUnderWay) {
      return false;
    }
    pollUnderWay = true;
    receiverWaited = waits;
    readWhenAsked = run.lastRead();
    mailbox.tellWhenKnown(
        stream.partitionProperties(partition.partitionId()),
        properties -> new OwnerCommand.ServiceAnswered(session.number(), properties, null),
        error -> new OwnerCommand.ServiceAnswered(session.number(), null, error));
    return true;
  }

  /** Whether the partition, by an answer, is not the one that was read. */
  Optional<AnotherEventHubException> contradiction(OwnerCommand.ServiceAnswered answer) {
    ReadMark read = readWhenAsked;
    if (answer.properties() == null || read == null) {
      return Optional.empty();
    }
    PartitionRange range = PartitionRange.of(answer.properties());
    return logEnd.contradicts(range, read)
        ? Optional.of(
            ContinuityFailures.anotherEventHub(
                partition,
                "the partition ends at "
                    + ContinuityFailures.position(range.last(), range.lastOffset())
                    + ", although events up to "
                    + ContinuityFailures.position(read.sequenceNumber(), read.offset())
                    + " have arrived from there",
                stream.settings().continuity(),
                null))
        : Optional.empty();
  }

  /**
   * Judges the receiver by an answer.
   *
   * @return why it has to be replaced, through another connection; empty if it need not be
   */
  Optional<ServiceUnavailableException> judge(OwnerCommand.ServiceAnswered answer) {
    pollUnderWay = false;
    if (!receiverWaited) {
      return Optional.empty();
    }
    String symptom = symptom(answer.properties(), answer.error());
    boolean silent = symptom != null && run.receivedCount() == countAtLastCheck;
    silentPolls = silent ? silentPolls + 1 : 0;
    if (symptom == null || silentPolls < SILENT_POLLS) {
      return Optional.empty();
    }
    silentPolls = 0;
    run.abandonConnection();
    return Optional.of(new ServiceUnavailableException(symptom, null));
  }

  /** Whether the last answer has said that the receiver may be dead. */
  boolean isSuspicious() {
    return silentPolls > 0;
  }

  /** Whether the answer, once it is judged, shows that the receiver works. */
  boolean vouches(OwnerCommand.ServiceAnswered answer) {
    return answer.properties() != null && !isSuspicious() && !run.hasSilentConnection();
  }

  private @Nullable String symptom(
      @Nullable PartitionProperties properties, @Nullable Throwable error) {
    if (properties != null) {
      if (isBehind(properties)) {
        return "no event has arrived although the partition has events up to sequence number "
            + properties.getLastEnqueuedSequenceNumber();
      }
      return run.hasSilentConnection()
          ? "nothing arrives over a connection that has left questions unanswered"
          : null;
    }
    if (error == null) {
      return null;
    }
    log.pollFailed(error);
    // A refusal has come through the connection: another connection would not change it.
    return ServiceFailure.isUnansweredQuestion(error) ? "neither events nor answers arrive" : null;
  }

  private boolean isBehind(PartitionProperties properties) {
    if (properties.isEmpty()) {
      return false;
    }
    long known =
        run.lastReceived() == PartitionSession.NONE
            ? start.acknowledged().sequenceNumber()
            : run.lastReceived();
    return known == PartitionSession.NONE
        ? !properties.getLastEnqueuedOffset().equals(start.acknowledged().offset())
        : properties.getLastEnqueuedSequenceNumber() > known;
  }

  private void warnIfNotRun() {
    if (!hasWarned && !run.isRun()) {
      hasWarned = true;
      log.notRun(stream.settings().stallCheck());
    }
  }

  /** A stream that has dropped events without acknowledging them waits for ever. */
  private void warnIfFull() {
    OptionalLong before = acknowledgedWhenFull;
    acknowledgedWhenFull =
        session.isFull()
            ? OptionalLong.of(session.lastAcknowledged() + session.acknowledgedAhead())
            : OptionalLong.empty();
    boolean stands = before.isPresent() && acknowledgedWhenFull.equals(before);
    if (stands && !hasWarnedOfFull) {
      hasWarnedOfFull = true;
      log.full(session.maxUncommitted(), stream.settings().stallCheck());
    }
  }
}
