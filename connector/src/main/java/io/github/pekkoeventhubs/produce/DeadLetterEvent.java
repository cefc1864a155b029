// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** Makes the event that stands for one that could not be processed. */
@InternalApi
public final class DeadLetterEvent {

  /** Why: the failure as text. */
  public static final String REASON = "dead-letter-reason";

  /** The event hub that it was read from. */
  public static final String EVENT_HUB = "dead-letter-event-hub";

  /** The consumer group that read it. */
  public static final String CONSUMER_GROUP = "dead-letter-consumer-group";

  /** The partition that it was read from: text. */
  public static final String PARTITION = "dead-letter-partition";

  /** Its sequence number there: a long. */
  public static final String SEQUENCE_NUMBER = "dead-letter-sequence-number";

  /** How often the event has become a dead letter, this time included: an int. */
  public static final String COUNT = "dead-letter-count";

  /** Longer reasons are cut: they must not make an event too large that was not. */
  private static final int MAX_REASON = 1000;

  private DeadLetterEvent() {}

  /**
   * A copy of the event with reason, origin and count, and its route: by its key if it has one that
   * this client can send. Other clients do not check how long a key is.
   */
  public static Routed of(CommittableEvent event, Throwable reason) {
    EventData copy = SendableEvent.copy(event.event());
    Map<String, Object> properties = copy.getProperties();
    EventHubPartition origin = event.partition();
    int before = properties.get(COUNT) instanceof Integer count ? count : 0;
    properties.put(REASON, text(reason));
    properties.put(EVENT_HUB, origin.eventHub());
    properties.put(CONSUMER_GROUP, origin.consumerGroup());
    properties.put(PARTITION, origin.partitionId());
    properties.put(SEQUENCE_NUMBER, event.sequenceNumber());
    properties.put(COUNT, before + 1);
    return new Routed(copy, route(event.event().getPartitionKey()));
  }

  private static Route route(@Nullable String key) {
    return key == null || key.isEmpty() || key.length() > Route.MAX_KEY_LENGTH
        ? Route.roundRobin()
        : Route.partitionKey(key);
  }

  /** AMQP has no text with half a character, which the cut can leave behind: it becomes a '?'. */
  private static String text(Throwable reason) {
    String text = reason.toString();
    String shortened = text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON);
    return new String(shortened.getBytes(UTF_8), UTF_8);
  }
}
