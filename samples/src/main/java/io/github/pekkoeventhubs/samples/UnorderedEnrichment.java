// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Asks a slow service about each order, many at a time, and does not wait for the slowest: an order
 * is finished as soon as its own answer is there. Orders that are finished beyond the checkpoint
 * are stored beside it, so that a restart does not ask again.
 */
public final class UnorderedEnrichment {

  private static final int AT_A_TIME = 64;

  private UnorderedEnrichment() {}

  /** Enriches the orders in whatever order the answers come. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Function<CommittableEvent, CompletionStage<Done>> enrich) {
    return Consumer.committableSource(
            settings.withAcknowledgement(Acknowledgement.UNORDERED), Subscriptions.balanced())
        .mapAsyncUnordered(
            AT_A_TIME, order -> enrich.apply(order).thenApply(done -> order.committableOffset()))
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  /** Enriches twenty orders of an embedded event hub; every third answer takes a while. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              order -> {
                long delay = order.sequenceNumber() % 3 == 0 ? 300 : 0;
                return CompletableFuture.runAsync(
                        () -> services.print("enriched " + order.event().getBodyAsString()),
                        CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS))
                    .thenApply(printed -> Done.getInstance());
              });
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
