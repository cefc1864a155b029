// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ReactiveStreamsRules;
import io.github.pekkoeventhubs.Subscriptions;
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
import org.reactivestreams.tck.PublisherVerification;

/** The sources against the rules that Reactive Streams has for publishers. */
class SourcesAsPublishersTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("SourcesAsPublishersTest");

  /** The kit asks for a few events only where it does not say how many. */
  private static final int MANY = 500;

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  /** Says how a source is made whose partitions a test assigns. */
  private interface Sources {
    Source<CommittableEvent, ?> of(ConsumerSettings settings, FakePlacement placement);
  }

  private static final class Verification extends PublisherVerification<CommittableEvent> {

    private final Sources sources;

    Verification(Sources sources) {
      super(ReactiveStreamsRules.environment());
      this.sources = sources;
    }

    @Override
    public Publisher<CommittableEvent> createPublisher(long elements) {
      FakePlacement placement = new FakePlacement();
      Publisher<CommittableEvent> publisher =
          sources
              .of(FakePlacement.settings(), placement)
              .take(elements)
              .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
              .run(SYSTEM);
      try {
        placement.assign("0").receive((int) Math.min(MANY, elements));
      } catch (Exception e) {
        throw new IllegalStateException("the source has not joined", e);
      }
      return publisher;
    }

    @Override
    public Publisher<CommittableEvent> createFailedPublisher() {
      return sources
          .of(
              ConsumerSettings.create(
                  ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH)),
              new FakePlacement())
          .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
          .run(SYSTEM);
    }
  }

  @TestFactory
  Stream<DynamicTest> theMergedSource() {
    return rules(
        (settings, placement) ->
            Source.fromGraph(
                MergedSource.committable(
                    settings, Subscriptions.clusterSharded(), (system, which) -> placement)));
  }

  @TestFactory
  Stream<DynamicTest> thePartitionedSourceAndThatOfAPartition() {
    return rules(
        (settings, placement) ->
            Source.fromGraph(
                    PartitionedSource.committable(
                        settings, Subscriptions.clusterSharded(), (system, which) -> placement))
                .flatMapMerge(2, partition -> partition.second()));
  }

  private static Stream<DynamicTest> rules(Sources sources) {
    return ReactiveStreamsRules.of(
        () -> new Verification(sources), ReactiveStreamsRules.SEVERAL_SUBSCRIBERS);
  }
}
