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
}
