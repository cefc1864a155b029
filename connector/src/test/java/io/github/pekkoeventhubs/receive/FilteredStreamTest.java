// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.receive.FakePlacement.Assigned;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams in which few events, or none, are of interest. */
class FilteredStreamTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("FilteredStreamTest");
  private static final int BOUND = 10;
  private static final long WANTED = 1000;

  private final Materializer materializer = Materializer.createMaterializer(SYSTEM);
  private final FakePlacement placement = new FakePlacement();
  private final CommitterSettings committerSettings = CommitterSettings.create(SYSTEM);
  private final Queue<Long> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    materializer.shutdown();
  }

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private Source<CommittableEvent, SourceLifetime> source() {
    return Source.fromGraph(
        MergedSource.committable(
            FakePlacement.settings(),
            Subscriptions.clusterSharded(),
            (system, subscription) -> placement));
  }

  private UniqueKillSwitch run(Flow<CommittableEvent, CommittableOffset, NotUsed> flow) {
    return source()
        .via(flow)
        .map(
            offset -> {
              processed.add(offset.sequenceNumber());
              return offset;
            })
        .viaMat(KillSwitches.single(), Keep.right())
        .to(Committer.sink(committerSettings))
        .run(materializer);
  }

  private static boolean isWanted(long sequenceNumber) {
    return sequenceNumber == WANTED;
  }

  private static FlowWithContext<
          PartitionEvent, CommittableOffset, PartitionEvent, CommittableOffset, NotUsed>
      context() {
    return FlowWithContext.create();
  }

  private static Flow<CommittableEvent, CommittableOffset, NotUsed> withContext(
      FlowWithContext<PartitionEvent, CommittableOffset, ?, CommittableOffset, NotUsed> flow) {
    return Flow.<CommittableEvent>create()
        .map(event -> Pair.create(event.partitionEvent(), event.committableOffset()))
        .via(flow.asFlow())
        .map(Pair::second);
  }

  private static boolean isWanted(PartitionEvent event) {
    return isWanted(event.getData().getSequenceNumber());
  }

  private static Optional<String> textIfWanted(PartitionEvent event) {
    return isWanted(event) ? Optional.of("wanted") : Optional.empty();
  }

  private static Flow<CommittableEvent, CommittableOffset, NotUsed> flow(String operator) {
    return switch (operator) {
      case "filter" ->
          Committer.filter(event -> isWanted(event.sequenceNumber()))
              .map(CommittableEvent::committableOffset);
      case "collect" ->
          Committer.collect(event -> textIfWanted(event.partitionEvent())).map(Pair::second);
      case "mapConcat" ->
          Committer.mapConcat(
                  event ->
                      isWanted(event.sequenceNumber()) ? List.of("one", "two") : List.<String>of())
              .map(Pair::second);
      case "filterWithOffsetContext" ->
          withContext(
              context().via(Committer.filterWithOffsetContext(FilteredStreamTest::isWanted)));
      case "collectWithOffsetContext" ->
          withContext(
              context().via(Committer.collectWithOffsetContext(FilteredStreamTest::textIfWanted)));
      case "mapConcatWithOffsetContext" ->
          withContext(
              context()
                  .via(
                      Committer.mapConcatWithOffsetContext(
                          event -> textIfWanted(event).map(List::of).orElseGet(List::of))));
      case "skip" ->
          Flow.<CommittableEvent>create()
              .filter(
                  event ->
                      isWanted(event.sequenceNumber()) || event.skip().sequenceNumber() == WANTED)
              .map(CommittableEvent::committableOffset);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter",
        "collect",
        "mapConcat",
        "filterWithOffsetContext",
        "collectWithOffsetContext",
        "mapConcatWithOffsetContext",
        "skip"
      })
  void aPartitionOfWhichHardlyAnythingIsOfInterestGoesOn(String operator) throws Exception {
    UniqueKillSwitch end = run(flow(operator));
    Assigned partition = placement.assign("0", BOUND);

    partition.receive((int) WANTED + 3);

    await().until(() -> partition.session().lastAcknowledged() == WANTED + 2);
    assertThat(processed).containsOnly(WANTED);
    end.shutdown();
  }

  @Test
  void whatIsDroppedWithoutAWordFillsThePartition() throws Exception {
    UniqueKillSwitch end =
        run(
            Flow.<CommittableEvent>create()
                .filter(event -> isWanted(event.sequenceNumber()))
                .map(CommittableEvent::committableOffset));
    Assigned partition = placement.assign("0", BOUND);

    partition.receive((int) WANTED + 1);

    await().until(() -> partition.session().isFull());
    assertThat(partition.session().lastEmitted()).isEqualTo(BOUND - 1);
    end.shutdown();
  }

  @Test
  void aGroupMayBeAsLargeAsTheBoundHoweverManyEventsAreDroppedInBetween() throws Exception {
    UniqueKillSwitch end =
        run(
            Flow.<CommittableEvent>create()
                .via(Committer.filter(event -> event.sequenceNumber() % 50 == 0))
                .grouped(BOUND)
                .mapConcat(group -> group)
                .map(CommittableEvent::committableOffset));
    Assigned partition = placement.assign("0", BOUND);

    partition.receive(50 * BOUND);

    await().until(() -> partition.session().lastAcknowledged() == 50 * BOUND - 1);
    assertThat(processed)
        .containsExactlyElementsOf(IntStream.range(0, BOUND).mapToObj(i -> 50L * i).toList());
    end.shutdown();
  }

  @Test
  void aPartitionOfWhichTheLastEventsWereDroppedIsDrainedWithoutWaiting() throws Exception {
    UniqueKillSwitch end = run(flow("filter"));
    Assigned partition = placement.assign("0", BOUND);
    partition.receive((int) WANTED + 100);
    await().until(() -> partition.session().lastEmitted() == WANTED + 99);

    partition.revoke();

    await().until(partition::isDrained);
    end.shutdown();
  }
}
