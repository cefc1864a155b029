// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to another event hub. The producer takes a received event as it is, and leaves out
 * what the service has written into it. Counts the events that could not be sent as they were.
 * Thread-safe.
 */
final class EventCopies {

  private final boolean keepPartitions;
  private final List<String> partitions = new ArrayList<>();
  private final AtomicLong withoutBody = new AtomicLong();
  private final AtomicLong withoutKey = new AtomicLong();

  /**
   * None so far.
   *
   * @param keepPartitions whether each event goes to the partition of the same id
   * @param target where they go
   */
  EventCopies(boolean keepPartitions, EventHubProperties target) {
    this.keepPartitions = keepPartitions;
    target.getPartitionIds().forEach(partitions::add);
    partitions.sort(PartitionIds.ORDER);
  }

  /** The event with its route. */
  Envelope<NotUsed> of(PartitionEvent event) {
    EventData data = event.getData();
    if (data.getBody().length == 0) {
      withoutBody.incrementAndGet();
    }
    return ProducerMessage.single(
        data,
        keepPartitions
            ? Route.partitionId(event.getPartitionContext().getPartitionId())
            : route(data.getPartitionKey()));
  }

  /** Other clients do not check how long a key is. */
  private Route route(@Nullable String key) {
    if (key == null || key.isEmpty()) {
      return Route.roundRobin();
    }
    if (key.length() <= Route.MAX_KEY_LENGTH) {
      return Route.partitionKey(key);
    }
    withoutKey.incrementAndGet();
    return Route.partitionId(partitions.get(Math.floorMod(key.hashCode(), partitions.size())));
  }

  /** Tells the user how many events could not be sent as they were. */
  List<String> shortcomings() {
    List<String> shortcomings = new ArrayList<>();
    if (withoutKey.get() > 0) {
      shortcomings.add(
          events(withoutKey)
              + " sent without their partition key, which has more than "
              + Route.MAX_KEY_LENGTH
              + " characters: those of one key went to one partition");
    }
    if (withoutBody.get() > 0) {
      shortcomings.add(
          events(withoutBody)
              + " sent without a body: if their producer sends AMQP values or sequences, the SDK"
              + " has dropped the bodies");
    }
    return shortcomings;
  }

  private static String events(AtomicLong count) {
    return count.get() == 1 ? "1 event was" : count.get() + " events were";
  }
}
