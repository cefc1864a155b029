// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Supervision is about a user's functions: a stream cannot resume past a commit that failed. */
class CommitterSupervisionTest {

  private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load());
  private static final CommitterSettings SETTINGS =
      CommitterSettings.create(KIT.system()).withMaxBatch(1);

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  static Stream<Named<Sink<CommittableOffset, CompletionStage<Done>>>> committers() {
    return Stream.of(
        Named.of("sink", Committer.sink(SETTINGS)),
        Named.of("flow", Committer.<CommittableOffset>flow(SETTINGS).toMat(last(), Keep.right())),
        Named.of(
            "batchFlow",
            Committer.<CommittableOffset>batchFlow(SETTINGS).toMat(last(), Keep.right())),
        Named.of(
            "flowWithOffsetContext",
            withContext()
                .via(Committer.<String, CommittableOffset>flowWithOffsetContext(SETTINGS))
                .toMat(last(), Keep.right())),
        Named.of(
            "sinkWithOffsetContext",
            withContext().toMat(Committer.sinkWithOffsetContext(SETTINGS), Keep.right())));
  }

  private static Flow<CommittableOffset, Pair<String, CommittableOffset>, ?> withContext() {
    return Flow.<CommittableOffset>create().map(offset -> Pair.create("element", offset));
  }

  private static <T> Sink<T, CompletionStage<Done>> last() {
    return Sink.ignore();
  }

  @ParameterizedTest
  @MethodSource("committers")
  void aCommitThatFailsFailsTheStream(Sink<CommittableOffset, CompletionStage<Done>> committer) {
    ControllableEpoch epoch = ControllableEpoch.ofPartition("0");
    epoch.throwingOnFlush(new IllegalStateException("refused"));

    CompletionStage<Done> done =
        Source.range(1, 10)
            .map(epoch::offset)
            .toMat(committer, Keep.right())
            .addAttributes(
                ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider()))
            .run(KIT.system());

    assertThatThrownBy(() -> done.toCompletableFuture().get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("refused");
  }
}
