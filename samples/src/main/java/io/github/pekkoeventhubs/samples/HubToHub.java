// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Reads events of one event hub and sends their results to another. An event is committed when the
 * other event hub has accepted its result, so that none is lost; after a crash some results are
 * sent again.
 */
public final class HubToHub {

  private HubToHub() {}

  /** Makes an invoice of each order. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings orders,
      ProducerSettings invoices,
      Function<CommittableEvent, EventData> invoiceOf) {
    return Consumer.committableSource(orders, Subscriptions.balanced())
        .map(
            order ->
                ProducerMessage.single(
                    invoiceOf.apply(order), Route.roundRobin(), order.committableOffset()))
        .toMat(
            Producer.committableSink(invoices, CommitterSettings.create(system)),
            Consumer::createDrainingControl)
        .run(system);
  }

  /** Sends an invoice for each of twenty orders, between two embedded event hubs. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              services.producerSettings("invoices"),
              order -> {
                String text = "invoice for " + order.event().getBodyAsString();
                services.print(text);
                return new EventData(text);
              });
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
