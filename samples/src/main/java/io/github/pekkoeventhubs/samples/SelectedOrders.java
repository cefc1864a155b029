// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Processes some of the events. {@code Committer.filter} acknowledges the others, so that the
 * checkpoint passes them, however many of them follow each other.
 */
public final class SelectedOrders {

  private static final int AT_A_TIME = 8;

  private SelectedOrders() {}

  /** Checks the orders that are wanted. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Predicate<CommittableEvent> wanted,
      Function<CommittableEvent, CompletionStage<Done>> check) {
    return Consumer.committableSource(settings, Subscriptions.balanced())
        .via(Committer.filter(wanted))
        .mapAsync(
            AT_A_TIME, order -> check.apply(order).thenApply(done -> order.committableOffset()))
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  /** Checks every tenth of two hundred orders of an embedded event hub. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(200);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              order -> order.event().getBodyAsString().endsWith("0"),
              order -> services.print("checked " + order.event().getBodyAsString()));
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
