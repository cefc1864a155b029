// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** The stream of a user: it gets events, works on them, and commits them. */
final class UserStream {

  private static final int PARALLELISM = 4;
  private static final int MOST_PARTITIONS = 4096;

  private UserStream() {}

  static Consumer.DrainingControl<Done> start(
      ActorSystem system,
      PartitionStore store,
      SeededScenario scenario,
      Function<CommittableEvent, CompletionStage<CommittableEvent>> work) {
    ConsumerSettings given = ConsumerSettings.create(system);
    ConsumerSettings settings =
        (scenario.defaultTimes()
                ? given
                : given.withHandoverTimeout(Duration.ofSeconds(scenario.patient() ? 24 : 4)))
            .withPartitionStore(store)
            .withInitialPosition(EventPosition.earliest())
            .withConsumerGroup(SimulatedEventHub.CONSUMER_GROUP)
            .withAcknowledgement(
                scenario.unordered() ? Acknowledgement.UNORDERED : Acknowledgement.ORDERED);
    Subscription subscription =
        scenario.sharded() ? Subscriptions.clusterSharded() : Subscriptions.balanced();
    Flow<CommittableEvent, CommittableEvent, NotUsed> works =
        scenario.unordered()
            ? Flow.<CommittableEvent>create().mapAsyncUnordered(PARALLELISM, work)
            : Flow.<CommittableEvent>create().mapAsync(PARALLELISM, work);
    Source<CommittableEvent, Consumer.Control> worked =
        scenario.stream() == SeededScenario.Stream.MERGED
            ? Consumer.committableSource(settings, subscription).via(works)
            : Consumer.committablePartitionedSource(settings, subscription)
                .flatMapMerge(MOST_PARTITIONS, partition -> partition.second().via(works));
    return Consumer.createDrainingControl(
        worked
            .map(CommittableEvent::committableOffset)
            .via(Committer.flow(committing(system, scenario)))
            .toMat(Sink.ignore(), Keep.both())
            .run(system));
  }

  private static CommitterSettings committing(ActorSystem system, SeededScenario scenario) {
    return CommitterSettings.create(system)
        .withDelivery(
            scenario.forgetful() ? CommitDelivery.SEND_AND_FORGET : CommitDelivery.WAIT_FOR_ACK);
  }
}
