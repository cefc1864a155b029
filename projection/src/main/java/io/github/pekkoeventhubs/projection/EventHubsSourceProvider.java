// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.projection;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StreamReach;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.projection.javadsl.SourceProvider;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The events of one partition of an event hub for a projection. The projection keeps the sequence
 * number of the last event that its handler has handled, for example in the handler's own
 * transaction, and goes on behind it. Without one it begins where a {@code Consumer.plainSource}
 * would: at the checkpoint if the settings have a store that holds one, and else at their initial
 * position. Nothing is committed there.
 *
 * <p>That position must not be {@code latest}, nor may {@code continuity.on-invalid-checkpoint}
 * lead there: the projection stores no offset before its handler has succeeded, and after a failure
 * {@code latest} would be behind the event that has failed. Where it would be used, the source
 * fails with an {@link InvalidSettingsException} before it has read anything.
 *
 * <p>The partition is not claimed in the store. That one process at a time runs the projection of a
 * partition is the promise of {@code ShardedDaemonProcess}, and of the cluster below it.
 *
 * <p>A source fails as the connector's sources do, with the same exceptions, and the projection
 * restarts it. One that cannot start, since its start is refused or the projection's offset cannot
 * be read, is a failed stream for the health checks, too. Immutable, and safe for all threads.
 */
public final class EventHubsSourceProvider extends SourceProvider<Long, PartitionEvent> {

  private final ConsumerSettings settings;
  private final String partitionId;

  private EventHubsSourceProvider(ConsumerSettings settings, String partitionId) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.partitionId = Objects.requireNonNull(partitionId, "partitionId");
  }

  /**
   * The events of this partition.
   *
   * @param settings which event hub to read, and from where if the projection has no offset yet
   */
  public static EventHubsSourceProvider create(ConsumerSettings settings, String partitionId) {
    return new EventHubsSourceProvider(settings, partitionId);
  }

  @Override
  public CompletionStage<Source<PartitionEvent, NotUsed>> source(
      Supplier<CompletionStage<Optional<Long>>> offset) {
    return offset
        .get()
        .thenApply(this::behind)
        .handle(
            (subscription, error) ->
                error == null ? reading(subscription) : failing(StageFailure.causeOf(error)));
  }

  private Source<PartitionEvent, NotUsed> reading(Subscription subscription) {
    return Consumer.plainSource(RepeatableStart.of(settings), subscription)
        .mapMaterializedValue(control -> NotUsed.getInstance());
  }

  /** Tells the health checks as well: the projection tries again for ever, and reads nothing. */
  private Source<PartitionEvent, NotUsed> failing(Throwable cause) {
    StreamReach reach = StreamReach.of(settings, Subscriptions.partitions(partitionId));
    return Source.<PartitionEvent, NotUsed>fromMaterializer(
            (materializer, attributes) -> {
              RunningStreams.of(materializer.system())
                  .consumerFails("projection-" + partitionId, reach, cause);
              return Source.failed(cause);
            })
        .mapMaterializedValue(created -> NotUsed.getInstance());
  }

  private Subscription behind(Optional<Long> handled) {
    if (handled.isPresent()) {
      return Subscriptions.partitionsFrom(
          Map.of(partitionId, EventPosition.fromSequenceNumber(handled.get())));
    }
    RepeatableStart.require(settings, partitionId);
    return Subscriptions.partitions(partitionId);
  }

  @Override
  public Long extractOffset(PartitionEvent event) {
    return event.getData().getSequenceNumber();
  }

  /** When the service has stored the event, in milliseconds since 1970. */
  @Override
  public long extractCreationTime(PartitionEvent event) {
    return event.getData().getEnqueuedTime().toEpochMilli();
  }
}
