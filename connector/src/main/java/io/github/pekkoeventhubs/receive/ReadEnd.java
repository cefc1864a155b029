// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.SequenceNumbers;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The end of one partition: which events are to be read, and when none is left. Knows neither a
 * clock nor the service; what those say is told to it.
 *
 * <p>Thread-safe: events are judged on the thread of their link, answers of the service arrive on
 * another one, and the stage asks.
 */
final class ReadEnd {

  /**
   * The events that a partition holds.
   *
   * @param first the number of the first event it still holds; beyond the last one if there is none
   * @param last the number of the last event it ever had
   * @param lastOffset the offset of that event
   */
  record Content(long first, long last, String lastOffset) {

    static Content of(PartitionProperties partition) {
      long last = partition.getLastEnqueuedSequenceNumber();
      return new Content(
          partition.isEmpty() ? last + 1 : partition.getBeginningSequenceNumber(),
          last,
          partition.getLastEnqueuedOffset());
    }
  }

  private final ReadUntil until;
  private final String partitionId;

  // All below is guarded by this.
  private OptionalLong last = OptionalLong.empty();
  private boolean nothingLeft;
  private long lastEnqueued = SequenceNumbers.UNKNOWN;
  private String lastOffset = "";
  private long arrivedBefore = SequenceNumbers.UNKNOWN;

  ReadEnd(ReadUntil until, String partitionId) {
    this.until = until;
    this.partitionId = partitionId;
  }

  /** Whether an event is to be read. */
  synchronized boolean admits(long sequenceNumber, @Nullable Instant enqueued) {
    return until.accept(
        new ReadUntil.Visitor<>() {
          @Override
          public Boolean now() {
            return isWithin(last);
          }

          @Override
          public Boolean time(Instant time, boolean timePassed) {
            return isWithin(last) && (enqueued == null || !enqueued.isAfter(time));
          }

          @Override
          public Boolean sequenceNumbers(Map<String, Long> numbers) {
            return isWithin(numberOf(numbers));
          }

          private boolean isWithin(OptionalLong end) {
            return end.isEmpty() || sequenceNumber <= end.getAsLong();
          }
        });
  }

  private OptionalLong numberOf(Map<String, Long> numbers) {
    Long number = numbers.get(partitionId);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /**
   * The service says what the partition holds.
   *
   * @param arrived the last event that has arrived, or the one after which reading began; {@link
   *     SequenceNumbers#UNKNOWN} if neither is known
   * @param wanting whether an event would arrive if there were one
   */
  synchronized void learn(Content content, long arrived, boolean wanting) {
    lastEnqueued = content.last();
    lastOffset = content.lastOffset();
    if (last.isEmpty()) {
      last = end();
    }
    boolean gone = isInThePast() && content.first() > last.getAsLong();
    // An event that the service has removed may still be on its way here: two checks have to agree.
    nothingLeft |= gone && wanting && arrived == arrivedBefore;
    arrivedBefore = arrived;
  }

  private boolean isInThePast() {
    return last.isPresent() && last.getAsLong() <= lastEnqueued;
  }

  /** The last event to read; empty while the end still lies in the future. */
  private OptionalLong end() {
    return until.accept(
        new ReadUntil.Visitor<>() {
          @Override
          public OptionalLong now() {
            return OptionalLong.of(lastEnqueued);
          }

          @Override
          public OptionalLong time(Instant time, boolean timePassed) {
            return timePassed ? OptionalLong.of(lastEnqueued) : OptionalLong.empty();
          }

          @Override
          public OptionalLong sequenceNumbers(Map<String, Long> numbers) {
            return numberOf(numbers);
          }
        });
  }

  /** Reading begins after this offset, of which no sequence number may be known. */
  synchronized void beginsAfter(@Nullable String offset) {
    nothingLeft |= isInThePast() && lastOffset.equals(offset);
  }

  /**
   * Whether everything that is to be read has arrived, by the number of an event.
   *
   * @param arrived the last event that has arrived, or the one after which reading began
   */
  synchronized boolean isReached(long arrived) {
    return nothingLeft || (last.isPresent() && arrived >= last.getAsLong());
  }
}
