// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.ReactiveStreamsRules;
import io.github.pekkoeventhubs.javadsl.Committer;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.AsPublisher;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.SubscriberBlackboxVerification;

/** The committers against the rules that Reactive Streams has for subscribers and publishers. */
class CommitterAsSubscriberTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("CommitterAsSubscriberTest");

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private static CommitterSettings settings() {
    return CommitterSettings.create(SYSTEM).withMaxBatch(1);
  }

  private static final class SinkVerification
      extends SubscriberBlackboxVerification<CommittableOffset> {

    private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0").answeringAtOnce();

    SinkVerification() {
      super(ReactiveStreamsRules.environment());
    }

    @Override
    public Subscriber<CommittableOffset> createSubscriber() {
      return Source.<CommittableOffset>asSubscriber().to(Committer.sink(settings())).run(SYSTEM);
    }

    @Override
    public CommittableOffset createElement(int element) {
      return epoch.offset(element);
    }
  }

  /** A partition for each offset, so that each comes out again, in whichever batch. */
  private static final class FlowVerification extends PublisherVerification<CommittableOffset> {

    FlowVerification() {
      super(ReactiveStreamsRules.environment());
    }

    private static Committable offset(long number) {
      return ControllableEpoch.ofPartition(Long.toString(number)).answeringAtOnce().offset(0);
    }

    @Override
    public Publisher<CommittableOffset> createPublisher(long elements) {
      return Source.fromIterator(
              () ->
                  Stream.iterate(0L, n -> n + 1)
                      .limit(elements)
                      .map(FlowVerification::offset)
                      .iterator())
          .via(Committer.batchFlow(settings()))
          .mapConcat(CommittableOffsetBatch::offsets)
          .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
          .run(SYSTEM);
    }

    @Override
    public Publisher<CommittableOffset> createFailedPublisher() {
      return Source.<Committable>failed(new IllegalStateException("failed before it began"))
          .via(Committer.batchFlow(settings()))
          .mapConcat(CommittableOffsetBatch::offsets)
          .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
          .run(SYSTEM);
    }
  }

  @TestFactory
  Stream<DynamicTest> theSink() {
    return ReactiveStreamsRules.of(SinkVerification::new, Set.of());
  }

  @TestFactory
  Stream<DynamicTest> theBatchFlow() {
    return ReactiveStreamsRules.of(FlowVerification::new, ReactiveStreamsRules.SEVERAL_SUBSCRIBERS);
  }
}
