// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.DeadLetters;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Puts orders that cannot be billed into another event hub, with the reason and where they came
 * from, so that one bad order does not hold up its partition. An order is committed when it is
 * billed or put aside.
 */
public final class OrdersPutAside {

  private static final int AT_A_TIME = 8;

  private OrdersPutAside() {}

  /** Bills each order, or sends it to the event hub of {@code deadLetters}. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings orders,
      ProducerSettings deadLetters,
      Function<CommittableEvent, CompletionStage<Done>> bill) {
    return Consumer.committableSource(orders, Subscriptions.balanced())
        .via(DeadLetters.processing(deadLetters, AT_A_TIME, bill::apply))
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  /** Bills eighteen of twenty orders of an embedded event hub, and puts two aside. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              services.producerSettings("dead-letters"),
              order -> {
                String text = order.event().getBodyAsString();
                if (text.endsWith("7")) {
                  services.print("cannot bill " + text);
                  return CompletableFuture.failedFuture(
                      new IllegalArgumentException(text + " has no customer"));
                }
                return services.print("billed " + text);
              });
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
