// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceWithContext;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommitterTest {

  private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load());

  private final CommitterSettings settings = CommitterSettings.create(KIT.system()).withMaxBatch(4);
  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0").answeringAtOnce();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @AfterEach
  void everythingIsStored() {
    StreamTestKit.assertAllStagesStopped(KIT.system());
    List<List<Long>> flushes = epoch.flushes();
    assertThat(flushes.get(flushes.size() - 1)).contains(10L);
    assertThat(epoch.committers()).isZero();
  }

  private Source<CommittableOffset, ?> offsets() {
    return Source.range(1, 10).map(epoch::offset);
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void sinkCompletesWhenEverythingIsStored() throws Exception {
    assertThat(await(offsets().runWith(Committer.sink(settings), KIT.system())))
        .isEqualTo(Done.getInstance());
  }

  @Test
  void sinkTakesBatchesAndMixedCommittablesToo() throws Exception {
    Source<CommittableOffsetBatch, ?> batches =
        offsets()
            .batch(3, CommittableOffsetBatch.empty()::updated, CommittableOffsetBatch::updated);
    await(batches.runWith(Committer.sink(settings), KIT.system()));
    Source<Committable, ?> mixed = offsets().map(offset -> offset);

    assertThat(await(mixed.runWith(Committer.sink(settings), KIT.system())))
        .isEqualTo(Done.getInstance());
  }

  @Test
  void flowEmitsDone() throws Exception {
    List<Done> done =
        await(offsets().via(Committer.flow(settings)).runWith(Sink.seq(), KIT.system()));

    assertThat(done).isNotEmpty().containsOnly(Done.getInstance());
  }

  @Test
  void batchFlowEmitsWhatWasStored() throws Exception {
    List<CommittableOffsetBatch> batches =
        await(offsets().via(Committer.batchFlow(settings)).runWith(Sink.seq(), KIT.system()));

    assertThat(batches.stream().mapToLong(CommittableOffsetBatch::batchSize).sum()).isEqualTo(10);
    assertThat(batches.get(batches.size() - 1).offsets())
        .singleElement()
        .returns(10L, CommittableOffset::sequenceNumber);
  }

  @Test
  void flowWithOffsetContextCarriesWhatWasStoredAsItsContext() throws Exception {
    List<Pair<org.apache.pekko.NotUsed, CommittableOffsetBatch>> batches =
        await(
            withContext()
                .via(Committer.flowWithOffsetContext(settings))
                .runWith(Sink.seq(), KIT.system()));

    assertThat(batches.stream().mapToLong(pair -> pair.second().batchSize()).sum()).isEqualTo(10);
  }

  @Test
  void sinkWithOffsetContextDropsTheElements() throws Exception {
    assertThat(
            await(withContext().runWith(Committer.sinkWithOffsetContext(settings), KIT.system())))
        .isEqualTo(Done.getInstance());
  }

  private SourceWithContext<String, CommittableOffset, ?> withContext() {
    return SourceWithContext.fromPairs(
        Source.from(IntStream.rangeClosed(1, 10).boxed().toList())
            .map(number -> Pair.create("element " + number, epoch.offset(number))));
  }
}
