// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.EventData;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The producer of an event and the event's number: two application properties, with which readers
 * can drop what they have seen before ({@code RepeatedEvents}). The events of one producer id must
 * come into a partition with rising numbers. Immutable; an empty id is refused with an {@code
 * IllegalArgumentException}.
 *
 * <p>{@link ProducerSettings#withProducerId} lets the producer number what it sends. For a stream
 * from hub to hub that is to be repeated without effect after a restart, number the outputs by
 * their inputs, with {@link #ofOutput}. A received event that is sent on loses the number that it
 * came with, which was for another partition.
 *
 * @param producerId not empty
 * @param number rises with each event that the producer sends to a partition
 */
public record ProducerNumber(String producerId, long number) {

  /** The property with the id of the producer: text. */
  public static final String ID_PROPERTY = "pekko-producer-id";

  /** The property with the number: a long. */
  public static final String NUMBER_PROPERTY = "pekko-producer-number";

  /** The most outputs of one input that {@link #ofOutput} can tell apart. */
  public static final int MAX_OUTPUTS = 4096;

  /** Refuses an empty id. */
  public ProducerNumber {
    if (Objects.requireNonNull(producerId, "producerId").isBlank()) {
      throw new IllegalArgumentException(
          "producerId must not be empty; name the application or the stream");
    }
  }

  /**
   * The number of an output that a stream makes of an input: the same whenever the input is
   * processed again. The producer is the stream together with the partition that the input came
   * from.
   *
   * @param stream names the stream, for all who read its outputs
   * @param input from the source, in whose order the outputs must be sent
   * @param output counts the outputs of one input that may go to one partition, from 0; less than
   *     {@link #MAX_OUTPUTS}
   */
  public static ProducerNumber ofOutput(String stream, CommittableEvent input, int output) {
    if (output < 0 || output >= MAX_OUTPUTS) {
      throw new IllegalArgumentException(
          "output must be from 0 to " + (MAX_OUTPUTS - 1) + ", and not " + output);
    }
    EventHubPartition origin = input.partition();
    return new ProducerNumber(
        stream + ":" + origin.eventHub() + "/" + origin.partitionId(),
        Math.addExact(Math.multiplyExact(input.sequenceNumber(), (long) MAX_OUTPUTS), output));
  }

  /** The number that an event carries, if it does. */
  public static Optional<ProducerNumber> of(EventData event) {
    Map<String, Object> properties = event.getProperties();
    return properties.get(ID_PROPERTY) instanceof String id
            && !id.isBlank()
            && properties.get(NUMBER_PROPERTY) instanceof Long number
        ? Optional.of(new ProducerNumber(id, number))
        : Optional.empty();
  }

  /**
   * Writes both properties into the event, in place of those that it has, and returns it.
   *
   * @param event one that the application has made; a received one has to be copied first
   */
  public EventData writeInto(EventData event) {
    Map<String, Object> properties = event.getRawAmqpMessage().getApplicationProperties();
    properties.put(ID_PROPERTY, producerId);
    properties.put(NUMBER_PROPERTY, number);
    return event;
  }
}
