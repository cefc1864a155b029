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
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/** What an application writes. The README shows the code between the markers. */
public final class OrderStream {

  private OrderStream() {}

  // README
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system, Function<CommittableEvent, CompletionStage<Done>> bill) {
    ConsumerSettings settings =
        ConsumerSettings.create(system).withPartitionStore(BlobPartitionStore.fromConfig(system));

    return Consumer.committableSource(settings, Subscriptions.clusterSharded())
        .mapAsync(8, event -> bill.apply(event).thenApply(done -> event.committableOffset()))
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  // README end

  // README watch
  /** Ends the actor system when the stream has failed, and with it the process. */
  static void endWhenFailed(ActorSystem<?> system, Consumer.DrainingControl<Done> control) {
    control
        .streamCompletion()
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                system.log().error("The stream of orders has failed", failure);
                CoordinatedShutdown.get(system).runAll(new StreamHasFailed());
              }
            });
  }

  static final class StreamHasFailed implements CoordinatedShutdown.Reason {}
  // README watch end
}
