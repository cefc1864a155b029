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
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Processes each partition in a stream of its own: events of one partition strictly one after the
 * other, and a slow partition does not hold up the others.
 */
public final class PerPartition {

  /** More partitions than an event hub has. */
  private static final int PARTITIONS = 2_048;

  private PerPartition() {}

  /** Ships the orders of each partition one by one. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Function<CommittableEvent, CompletionStage<Done>> ship) {
    CommitterSettings committer = CommitterSettings.create(system);
    return Consumer.committablePartitionedSource(settings, Subscriptions.balanced())
        .mapAsyncUnordered(
            PARTITIONS,
            partition ->
                partition
                    .second()
                    .mapAsync(
                        1, order -> ship.apply(order).thenApply(done -> order.committableOffset()))
                    .runWith(Committer.sink(committer), system))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }

  /** Ships twenty orders of an embedded event hub. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              order ->
                  services.print(
                      "shipped %s, number %d of partition %s"
                          .formatted(
                              order.event().getBodyAsString(),
                              order.sequenceNumber(),
                              order.partition().partitionId())));
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
