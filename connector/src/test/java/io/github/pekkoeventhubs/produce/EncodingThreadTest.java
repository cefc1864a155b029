// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The SDK's threads answer; they encode nothing. */
class EncodingThreadTest {

  private static final String DISPATCHER = "dispatcher-of-the-stream";
  private static final int EVENTS = 200;

  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(DISPATCHER + " { executor = fork-join-executor }")
              .withFallback(ConfigFactory.load()));
  private final ExecutorService sdkThread = Executors.newSingleThreadExecutor();
  private final Queue<String> encodingThreads = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    sdkThread.shutdown();
  }

  @Test
  void eventsAreEncodedOnTheDispatcherOfTheStream() throws Exception {
    ProducerSettings settings = ProducerSettings.create(kit.system()).withMaxBatchEvents(10);

    Source.from(IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList())
        .map(body -> ProducerMessage.single(new EventData(body), Route.roundRobin(), body))
        .via(ProducerStage.ofEnvelopes(settings, system -> new RecordingSender(), System::nanoTime))
        .withAttributes(ActorAttributes.dispatcher(DISPATCHER))
        .runWith(Sink.ignore(), kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);

    assertThat(encodingThreads).hasSize(EVENTS);
    assertThat(encodingThreads).allMatch(thread -> thread.contains(DISPATCHER));
  }

  /** Answers on a thread of its own, as the SDK does. */
  private final class RecordingSender implements EventSender {

    @Override
    public String target() {
      return "event hub 'fake' in the namespace of this test";
    }

    @Override
    public CompletionStage<List<String>> partitionIds() {
      return CompletableFuture.supplyAsync(() -> List.of("0"), sdkThread);
    }

    @Override
    public CompletionStage<EventBatch> openBatch(Destination destination) {
      return CompletableFuture.supplyAsync(RecordingBatch::new, sdkThread);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private final class RecordingBatch implements EventSender.EventBatch {

    @Override
    public boolean tryAdd(Routed event) {
      encodingThreads.add(Thread.currentThread().getName());
      return true;
    }

    @Override
    public long limit() {
      return 1_000_000;
    }

    @Override
    public CompletionStage<?> send() {
      return CompletableFuture.supplyAsync(Done::getInstance, sdkThread);
    }
  }
}
