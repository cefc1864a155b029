// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.receive.FakePlacement.Assigned;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An exception that a source's own code throws is a failure of the stream, not its end. */
class UnexpectedFailureTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("UnexpectedFailureTest");

  private final Materializer materializer = Materializer.createMaterializer(SYSTEM);
  private final FakePlacement placement = new FakePlacement();

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  /** No event of the service is like this one. */
  private static PartitionEvent impossible(long number) {
    return new PartitionEvent(
        new PartitionContext("ns.servicebus.windows.net", "orders", "$Default", "0"),
        new EventData("impossible") {
          @Override
          public Long getSequenceNumber() {
            return number;
          }

          @Override
          public String getOffsetString() {
            throw new IllegalStateException("no offset");
          }
        },
        null);
  }

  private static void assertIsOurs(Throwable failure) {
    assertThat(failure)
        .isInstanceOf(EventHubsException.class)
        .hasMessageContaining("please report it")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void ofAMergedSourceItFailsTheStreamAndIsDrainedAsSuch() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe =
        Source.fromGraph(
                MergedSource.committable(
                    FakePlacement.settings(),
                    Subscriptions.clusterSharded(),
                    (system, subscription) -> placement))
            .runWith(TestSink.create(SYSTEM), materializer);
    Assigned partition = placement.assign("0").receive(1);
    probe.request(2);
    probe.expectNext();

    partition.intake().received(impossible(1), 1);

    assertIsOurs(probe.expectError());
    assertThat(placement.leavingReason()).startsWith("the stream has failed");
    partition.revoke();
    await().until(partition::isDrained);
  }

  @Test
  void ofAPartitionsSourceItFailsThatOne() throws Exception {
    TestSubscriber.Probe<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>> partitions =
        Source.fromGraph(
                PartitionedSource.committable(
                    FakePlacement.settings(),
                    Subscriptions.clusterSharded(),
                    (system, subscription) -> placement))
            .runWith(TestSink.create(SYSTEM), materializer);
    partitions.ensureSubscription();
    Assigned partition = placement.assign("0").receive(1);
    TestSubscriber.Probe<CommittableEvent> probe =
        partitions.requestNext().second().runWith(TestSink.create(SYSTEM), materializer);
    probe.request(2);
    probe.expectNext();

    partition.intake().received(impossible(1), 1);

    assertIsOurs(probe.expectError());
    await().until(() -> partition.abandonments() == 1);
    partition.revoke();
    await().until(partition::isDrained);
    partitions.cancel();
  }
}
