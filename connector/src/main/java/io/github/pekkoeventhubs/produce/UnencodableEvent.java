// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.StageFailure;
import java.util.Map;
import java.util.Optional;

/** Says which part of an event the SDK could not encode. */
final class UnencodableEvent {

  private UnencodableEvent() {}

  /**
   * The failure for the stream.
   *
   * @param cause what the SDK failed with, which does not name the part
   */
  static ProduceException failure(EventData event, Route route, RuntimeException cause) {
    return new ProduceException(
        culprit(event)
            .map(
                part ->
                    "An event to "
                        + route
                        + " cannot be sent: "
                        + part
                        + ", for which there is no AMQP type. Use text, a boolean, a number, a"
                        + " java.util.Date, a java.util.UUID, org.apache.qpid.proton.amqp.Binary"
                        + " for bytes, or a list, a map or an array of these.")
            .orElseGet(
                () ->
                    "An event to "
                        + route
                        + " cannot be encoded: "
                        + StageFailure.messageOf(cause)),
        cause);
  }

  private static Optional<String> culprit(EventData event) {
    AmqpAnnotatedMessage message = event.getRawAmqpMessage();
    return culprit("property", event.getProperties())
        .or(() -> culprit("message annotation", message.getMessageAnnotations()))
        .or(() -> culprit("delivery annotation", message.getDeliveryAnnotations()))
        .or(() -> culprit("footer", message.getFooter()));
  }

  private static Optional<String> culprit(String kind, Map<?, ?> values) {
    return AmqpValues.firstWithoutType(values)
        .map(
            entry ->
                "its "
                    + kind
                    + " '"
                    + entry.getKey()
                    + "' is "
                    + entry.getValue().getClass().getTypeName());
  }
}
