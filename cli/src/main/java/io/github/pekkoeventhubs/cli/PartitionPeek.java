// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.page.PageProblem;
import io.github.pekkoeventhubs.page.PartitionEvents;
import io.github.pekkoeventhubs.page.Peek;
import io.github.pekkoeventhubs.page.PeekRequest;
import io.github.pekkoeventhubs.page.PeekedEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Reads a few events of a partition, without an owner level, so that no owner is cut off: the
 * service refuses this reader instead where an owner reads in the same consumer group. One look at
 * a time, since a service allows five such readers of a partition in a group.
 */
final class PartitionPeek {

  private static final Duration LONGEST = Duration.ofSeconds(15);
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  private final ActorSystem<Void> system;
  private final String consumerGroup;

  PartitionPeek(ActorSystem<Void> system, String consumerGroup) {
    this.system = system;
    this.consumerGroup = consumerGroup;
  }

  synchronized Peek read(ConsumerSettings hub, PartitionEvents partition, PeekRequest request) {
    OptionalLong first = partition.first();
    OptionalLong last = partition.last();
    if (first.isEmpty() || last.isEmpty()) {
      return new Peek(partition, List.of());
    }
    long begin = request.begin(first.getAsLong(), last.getAsLong());
    if (begin > last.getAsLong()) {
      return new Peek(partition, List.of());
    }
    ConsumerSettings settings =
        hub.withConsumerGroup(consumerGroup)
            .withConnections(1)
            .withPrefetchCount(request.count())
            .withMaxBufferedEvents(request.count())
            .withMaxBufferedBytes(MOST_BYTES);
    Pair<Consumer.Control, CompletionStage<List<PeekedEvent>>> reading =
        Consumer.plainSource(
                settings,
                Subscriptions.partitionsFrom(
                        Map.of(partition.id(), EventPosition.fromSequenceNumber(begin, true)))
                    .until(ReadUntil.now()))
            .take(request.count())
            .map(PartitionPeek::event)
            .completionTimeout(LONGEST)
            .toMat(Sink.seq(), Keep.both())
            .run(system);
    try {
      return new Peek(
          partition, Reading.await(reading.first(), reading.second(), this::refused, () -> {}));
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof TimeoutException) {
        throw PageProblem.unavailable(
            "the events did not arrive within " + LONGEST.toSeconds() + " s");
      }
      throw failed;
    } finally {
      reading.first().shutdown();
    }
  }

  /** Nobody waits in front of a page for the moment in which the service lets it read. */
  private void refused(String partition, String failure) {
    throw PageProblem.refused(
        "partition "
            + partition
            + " cannot be read now: "
            + failure
            + ". If an owner reads in the consumer group '"
            + consumerGroup
            + "', start the page with --read-through and another group");
  }

  private static PeekedEvent event(PartitionEvent event) {
    EventData data = event.getData();
    return new PeekedEvent(
        data.getSequenceNumber(),
        data.getOffsetString(),
        data.getEnqueuedTime(),
        Optional.ofNullable(data.getPartitionKey()),
        EventText.properties(data),
        ByteBuffer.wrap(data.getBody()));
  }
}
