// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Processes the events of an event hub on the nodes of a cluster and commits them afterwards. The
 * README shows the code between the markers, and the quickstart runs it.
 */
public final class OrderStream {

  private OrderStream() {}

  // README
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system, Function<CommittableEvent, CompletionStage<Done>> bill) {
    ConsumerSettings settings =
        ConsumerSettings.create(system).withPartitionStore(BlobPartitionStore.fromConfig(system));
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings, Subscriptions.clusterSharded())
            .mapAsync(8, event -> bill.apply(event).thenApply(done -> event.committableOffset()))
            .toMat(
                Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
            .run(system);

    CompletionStage<Done> completion = control.streamCompletion();
    completion.exceptionally(
        failure -> {
          system.log().error("The orders are not processed any more; this node ends", failure);
          system.terminate();
          return Done.getInstance();
        });
    return control;
  }

  // README end

  /** Bills twenty orders of an embedded event hub. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.startCluster()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              event -> services.print("billed " + event.event().getBodyAsString()));
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
