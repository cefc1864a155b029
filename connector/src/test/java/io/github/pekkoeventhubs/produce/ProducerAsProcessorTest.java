// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.ReactiveStreamsRules;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.AsPublisher;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.IdentityProcessorVerification;

/**
 * The producer against the rules that Reactive Streams has for processors: what passes through
 * comes out as it went in.
 */
class ProducerAsProcessorTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("ProducerAsProcessorTest");
  private static final ExecutorService PUBLISHERS = Executors.newCachedThreadPool();

  @AfterAll
  static void shutDown() {
    PUBLISHERS.shutdownNow();
    TestKit.shutdownActorSystem(SYSTEM);
  }

  /** Acknowledges whatever is sent. */
  private static final class Acknowledging implements EventSender {

    @Override
    public String target() {
      return "event hub 'fake' in the namespace of this test";
    }

    @Override
    public CompletionStage<List<String>> partitionIds() {
      return CompletableFuture.completedFuture(List.of("0"));
    }

    @Override
    public CompletionStage<EventBatch> openBatch(Destination destination) {
      return CompletableFuture.completedFuture(
          new EventBatch() {
            @Override
            public boolean tryAdd(Routed event) {
              return true;
            }

            @Override
            public long limit() {
              return 1_000_000;
            }

            @Override
            public CompletionStage<?> send() {
              return CompletableFuture.completedFuture(null);
            }
          });
    }

    @Override
    public void close() {}
  }

  private static Flow<Integer, Integer, ?> flow() {
    ProducerSettings settings = ProducerSettings.create(SYSTEM).withMaxWait(Duration.ZERO);
    return Flow.<Integer>create()
        .map(
            number ->
                ProducerMessage.single(new EventData("event"), Route.partitionKey("k"), number))
        .via(ProducerStage.ofEnvelopes(settings, system -> new Acknowledging(), System::nanoTime))
        .map(ProducerMessage.Results::passThrough);
  }

  private static final class Verification extends IdentityProcessorVerification<Integer> {

    Verification() {
      super(ReactiveStreamsRules.environment());
    }

    @Override
    public Processor<Integer, Integer> createIdentityProcessor(int bufferSize) {
      return flow().toProcessor().run(SYSTEM);
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
      return Source.<Integer>failed(new IllegalStateException("failed before it began"))
          .via(flow())
          .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
          .run(SYSTEM);
    }

    @Override
    public ExecutorService publisherExecutorService() {
      return PUBLISHERS;
    }

    @Override
    public Integer createElement(int element) {
      return element;
    }

    /** A processor of Pekko Streams has one subscriber. */
    @Override
    public long maxSupportedSubscribers() {
      return 1;
    }
  }

  private static final Set<String> ONE_SUBSCRIBER =
      Stream.concat(
              ReactiveStreamsRules.SEVERAL_SUBSCRIBERS.stream(),
              Stream.of(
                  "required_mustRequestFromUpstreamForElementsThatHaveBeenRequestedLongAgo",
                  "required_spec104_mustCallOnErrorOnAllItsSubscribersIfItEncountersANonRecoverableError"))
          .collect(Collectors.toUnmodifiableSet());

  @TestFactory
  Stream<DynamicTest> theFlow() {
    return ReactiveStreamsRules.of(Verification::new, ONE_SUBSCRIBER);
  }
}
