// SPDX-License-Identifier: Apache-2.0
package io.github.akkaeventhubs.together;

import akka.Done;
import akka.actor.typed.ActorSystem;
import io.github.akkaeventhubs.CommittableEvent;
import io.github.akkaeventhubs.CommitterSettings;
import io.github.akkaeventhubs.ConsumerSettings;
import io.github.akkaeventhubs.Subscriptions;
import io.github.akkaeventhubs.javadsl.Committer;
import io.github.akkaeventhubs.javadsl.Consumer;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The stream that {@code docs/akka.md} shows. */
final class DocumentedAkkaStream {

  private DocumentedAkkaStream() {}

  static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Function<CommittableEvent, CompletionStage<Done>> orders) {
    // snippet: akkaStream
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings, Subscriptions.balanced())
            .mapAsync(8, event -> orders.apply(event).thenApply(done -> event.committableOffset()))
            .toMat(
                Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }
}
