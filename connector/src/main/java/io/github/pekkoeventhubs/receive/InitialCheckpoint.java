// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Turns a position into a checkpoint. Checkpoints are exclusive: the result has the sequence number
 * and offset of the event before the first one to read or, if there is none, of the place before
 * the first event of the partition.
 *
 * <p>At the first claim even "latest" becomes a fixed position. So events that arrive before the
 * first commit are not lost when the partition moves.
 */
final class InitialCheckpoint {

  private static final String LATEST = "@latest";

  private final EventHubService clients;
  private final String partitionId;

  InitialCheckpoint(EventHubService clients, String partitionId) {
    this.clients = clients;
    this.partitionId = partitionId;
  }

  /** Returns the entries of the checkpoint for the position as it is now. */
  CompletionStage<Map<String, String>> of(EventPosition position) {
    return clients
        .partitionProperties(partitionId)
        .thenCompose(properties -> entries(position, properties));
  }

  private CompletionStage<Map<String, String>> entries(
      EventPosition position, PartitionProperties partition) {
    Long sequenceNumber = position.getSequenceNumber();
    if (sequenceNumber != null) {
      return after(position.isInclusive() ? sequenceNumber - 1 : sequenceNumber, partition);
    }
    if (position.getEnqueuedDateTime() != null) {
      return partition.isEmpty()
              || !partition.getLastEnqueuedTime().isAfter(position.getEnqueuedDateTime())
          ? done(last(partition))
          : beforeFirstFrom(position, partition);
    }
    String offset = position.getOffset();
    if (StoredCheckpoint.BEFORE_FIRST_OFFSET.equals(offset)) {
      return done(beforeFirst(partition.getBeginningSequenceNumber()));
    }
    if (partition.isEmpty() || LATEST.equals(offset)) {
      return done(last(partition));
    }
    return offset.equals(partition.getLastEnqueuedOffset())
        ? done(last(partition))
        : beforeFirstFrom(position, partition);
  }

  /**
   * After the event of this number, whether or not it still exists. Where it cannot be read, as one
   * that the SDK cannot decode, the checkpoint has the number alone.
   */
  private CompletionStage<Map<String, String>> after(
      long sequenceNumber, PartitionProperties partition) {
    if (partition.isEmpty() || sequenceNumber >= partition.getLastEnqueuedSequenceNumber()) {
      return done(last(partition));
    }
    if (sequenceNumber < partition.getBeginningSequenceNumber()) {
      return done(beforeFirst(partition.getBeginningSequenceNumber()));
    }
    return clients
        .firstEvent(partitionId, EventPosition.fromSequenceNumber(sequenceNumber, true))
        .thenApply(
            event ->
                event.getData().getSequenceNumber() == sequenceNumber
                    ? pair(event)
                    : beforeFirst(event.getData().getSequenceNumber()))
        .exceptionallyCompose(
            failure ->
                ServiceErrors.mayBeOfAnEvent(failure)
                    ? done(Map.of(StoredCheckpoint.SEQUENCE_NUMBER, Long.toString(sequenceNumber)))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletionStage<Map<String, String>> beforeFirstFrom(
      EventPosition position, PartitionProperties partition) {
    return clients
        .firstEvent(partitionId, position)
        .thenCompose(event -> after(event.getData().getSequenceNumber() - 1, partition));
  }

  private static Map<String, String> beforeFirst(long firstSequenceNumber) {
    return StoredCheckpoint.entriesOf(
        firstSequenceNumber - 1, StoredCheckpoint.BEFORE_FIRST_OFFSET);
  }

  private static Map<String, String> last(PartitionProperties partition) {
    return partition.isEmpty()
        ? beforeFirst(partition.getLastEnqueuedSequenceNumber() + 1)
        : StoredCheckpoint.entriesOf(
            partition.getLastEnqueuedSequenceNumber(), partition.getLastEnqueuedOffset());
  }

  private static Map<String, String> pair(PartitionEvent event) {
    EventData data = event.getData();
    return StoredCheckpoint.entriesOf(data.getSequenceNumber(), data.getOffsetString());
  }

  private static CompletionStage<Map<String, String>> done(Map<String, String> entries) {
    return CompletableFuture.completedFuture(entries);
  }
}
