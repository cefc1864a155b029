// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Sends events. All orders of one customer go to one partition, so that they are processed in the
 * order in which they were sent.
 */
public final class SendOrders {

  /** An order. */
  public record Order(String customer, String text) {}

  private SendOrders() {}

  /**
   * Sends them in batches.
   *
   * @param sent is called for each order when the service has stored it, in the order of the orders
   */
  public static CompletionStage<Done> run(
      ActorSystem<?> system,
      ProducerSettings settings,
      Source<Order, NotUsed> orders,
      Consumer<Order> sent) {
    return orders
        .map(
            order ->
                ProducerMessage.single(
                    new EventData(order.text()), Route.partitionKey(order.customer()), order))
        .via(Producer.flexiFlow(settings))
        .runWith(Sink.foreach(results -> sent.accept(results.passThrough())), system);
  }

  /** Sends twenty orders of three customers to an embedded event hub. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      Source<Order, NotUsed> orders =
          Source.range(0, 19)
              .map(number -> new Order("customer " + number % 3, "order " + number))
              .mapMaterializedValue(notUsed -> NotUsed.getInstance());
      SampleServices.join(
          run(
              services.system(),
              services.producerSettings("orders"),
              orders,
              order -> services.print(order.text() + " of " + order.customer() + " is stored")));
      services.awaitLines(20);
    }
  }
}
