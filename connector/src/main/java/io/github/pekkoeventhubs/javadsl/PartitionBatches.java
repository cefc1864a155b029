// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.SettingsSection;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/** Processes the events of each partition in batches, and commits after each batch. */
final class PartitionBatches {

  /** Set closest to the operators, so that no strategy of the stream around them counts. */
  private static final Attributes FAILURES_FAIL_THE_STREAM =
      ActorAttributes.withSupervisionStrategy(Supervision.getStoppingDecider());

  private PartitionBatches() {}

  static Flow<
          Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>,
          CommittableOffsetBatch,
          NotUsed>
      flow(
          ConsumerSettings settings,
          int maxPartitions,
          int maxBatch,
          Duration maxWait,
          Function<? super List<CommittableEvent>, ? extends CompletionStage<?>> handler,
          Optional<CommitterSettings> committer) {
    Objects.requireNonNull(handler, "handler");
    SettingsSection.atLeast("maxBatch", maxBatch, 1);
    SettingsSection.positive("maxWait", maxWait);
    if (maxBatch > settings.maxUncommitted()) {
      throw new InvalidSettingsException(
          "maxBatch = "
              + maxBatch
              + " is above max-uncommitted = "
              + settings.maxUncommitted()
              + ": no batch could become full, since the source emits no more events before it is"
              + " acknowledged; lower maxBatch, or raise max-uncommitted with withMaxUncommitted");
    }
    return Flow.<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>>create()
        .flatMapMerge(
            maxPartitions,
            partition ->
                partition
                    .second()
                    .groupedWithin(maxBatch, maxWait)
                    .mapAsync(1, batch -> handler.apply(batch).thenApply(done -> offsets(batch)))
                    .via(commitEach(committer)))
        .addAttributes(FAILURES_FAIL_THE_STREAM);
  }

  private static CommittableOffsetBatch offsets(List<CommittableEvent> events) {
    return UnexpectedFailure.COMMITTER.guard(
        () ->
            CommittableOffsetBatch.of(
                events.stream().map(CommittableEvent::committableOffset).toList()));
  }

  private static Flow<CommittableOffsetBatch, CommittableOffsetBatch, ?> commitEach(
      Optional<CommitterSettings> committer) {
    return Flow.fromMaterializer(
        (materializer, attributes) ->
            Committer.<CommittableOffsetBatch>batchFlow(
                committer
                    .orElseGet(() -> CommitterSettings.create(materializer.system()))
                    .withDelivery(CommitDelivery.WAIT_FOR_ACK)
                    .withWhen(CommitWhen.OFFSET_FIRST_OBSERVED)
                    .withMaxBatch(1)));
  }
}
