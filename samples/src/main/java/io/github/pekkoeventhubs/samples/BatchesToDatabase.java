// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Gives whole batches to a function, such as one that inserts many rows with one statement. The
 * batches of a partition come one after the other; each is committed when its function has
 * completed.
 */
public final class BatchesToDatabase {

  private BatchesToDatabase() {}

  /** Inserts up to a hundred orders at a time; none waits longer than 200 ms. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Function<List<CommittableEvent>, CompletionStage<Done>> insertAll) {
    return Consumer.processBatches(
            settings, Subscriptions.balanced(), 100, Duration.ofMillis(200), insertAll)
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }

  /** Inserts twenty orders of an embedded event hub. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              batch -> {
                String partition = batch.get(0).partition().partitionId();
                batch.forEach(
                    order ->
                        services.print(
                            "%s, in a batch of %d of partition %s"
                                .formatted(
                                    order.event().getBodyAsString(), batch.size(), partition)));
                return services.done();
              });
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
