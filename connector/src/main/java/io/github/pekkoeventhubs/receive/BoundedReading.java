// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.pekko.Done;

/**
 * The ends of all partitions of one stream that is to complete. It asks the service for the
 * partitions before anything is read. Later it asks again for those that are not at their end and
 * from which nothing arrives: the service may have removed what was to be read.
 *
 * <p>Thread-safe.
 */
final class BoundedReading {

  /** The time between two looks at a partition from which nothing arrives. */
  static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private final Map<String, ReadEnd> ends = new LinkedHashMap<>();
  private final Map<String, LimitedIntake> intakes = new ConcurrentHashMap<>();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();

  private BoundedReading(ReadUntil until, Set<String> partitionIds) {
    partitionIds.forEach(id -> ends.put(id, new ReadEnd(until, id)));
  }

  /**
   * For the partitions of a subscription.
   *
   * @throws InvalidSettingsException if a partition has no end
   */
  static BoundedReading of(ReadUntil until, Subscriptions.FixedPartitions partitions) {
    Set<String> ids = partitions.positions().keySet();
    until.accept(
        new ReadUntil.Visitor<Done>() {
          @Override
          public Done now() {
            return Done.getInstance();
          }

          @Override
          public Done time(Instant time, boolean passed) {
            return Done.getInstance();
          }

          @Override
          public Done sequenceNumbers(Map<String, Long> numbers) {
            Set<String> missing = new TreeSet<>(ids);
            missing.removeAll(numbers.keySet());
            if (!missing.isEmpty()) {
              throw new InvalidSettingsException(
                  "ReadUntil.sequenceNumbers names no end of the partitions "
                      + missing
                      + ": name one for each partition of the subscription");
            }
            return Done.getInstance();
          }
        });
    return new BoundedReading(until, ids);
  }

  /** Asks for all partitions. A failure is the stream's. */
  CompletionStage<Done> begin(Function<String, CompletionStage<PartitionProperties>> question) {
    List<CompletableFuture<Done>> asked = new ArrayList<>();
    ends.forEach(
        (id, end) ->
            asked.add(
                question
                    .apply(id)
                    .thenApply(
                        partition -> {
                          end.learn(ReadEnd.Content.of(partition), SequenceNumbers.UNKNOWN, true);
                          return Done.getInstance();
                        })
                    .toCompletableFuture()));
    return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> Done.getInstance());
  }

  /** A partition begins to be read. */
  void begins(PartitionIntake intake, EventPosition startAfter) {
    String id = intake.partition().partitionId();
    ReadEnd end = Objects.requireNonNull(ends.get(id), id);
    LimitedIntake limited = new LimitedIntake(intake, end);
    intake.endsWhen(limited::isReached);
    end.beginsAfter(startAfter.getOffset());
    intakes.put(id, limited);
  }

  /** The destination of a partition's events that lets in none beyond the end. */
  PartitionReceiver.Destination limited(String partitionId) {
    return Objects.requireNonNull(intakes.get(partitionId), partitionId);
  }

  /** Looks again at the partitions from which nothing has arrived since the last look. */
  void look(Function<String, CompletionStage<PartitionProperties>> question) {
    ends.forEach(
        (id, end) -> {
          LimitedIntake intake = intakes.get(id);
          long arrived = intake == null ? SequenceNumbers.UNKNOWN : intake.arrived();
          boolean silent = Objects.equals(seen.put(id, arrived), arrived);
          if (silent && intake != null && !intake.isReached()) {
            question
                .apply(id)
                .thenAccept(
                    partition -> {
                      end.learn(ReadEnd.Content.of(partition), arrived, intake.hasDemand());
                      intake.wake();
                    });
          }
        });
  }

  /** Whether everything has arrived and been emitted. */
  boolean isFinished() {
    return ends.entrySet().stream()
        .allMatch(
            partition -> {
              LimitedIntake intake = intakes.get(partition.getKey());
              return intake == null
                  ? partition.getValue().isReached(SequenceNumbers.UNKNOWN)
                  : intake.isFinished();
            });
  }
}
