// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorSystem;

/**
 * A consumer in a process of its own. It answers each line of its input with what it has used since
 * the line before.
 */
final class SteadyConsumerMain {

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Latencies latencies = new Latencies();
  private final Map<String, Long> checkpointed = new ConcurrentHashMap<>();

  private SteadyConsumerMain() {}

  /** Arguments: the kind, the connection strings, the event hub, group, container, partitions. */
  public static void main(String[] arguments) throws IOException {
    SteadyConsumerMain consumer = new SteadyConsumerMain();
    String eventHubs = arguments[1];
    String eventHub = arguments[3];
    String consumerGroup = arguments[4];
    BlobContainerAsyncClient container =
        new BlobServiceClientBuilder()
            .connectionString(arguments[2])
            .httpClient(new JdkHttpClientBuilder().build())
            .buildAsyncClient()
            .getBlobContainerAsyncClient(arguments[5]);
    switch (ConsumerKind.valueOf(arguments[0])) {
      case RAW ->
          consumer.readFlux(eventHubs, eventHub, consumerGroup, Integer.parseInt(arguments[6]));
      case PROCESSOR -> consumer.process(eventHubs, eventHub, consumerGroup, container);
      case CONNECTOR -> consumer.stream(eventHubs, eventHub, consumerGroup, container);
    }
    consumer.answer();
    Runtime.getRuntime().halt(0);
  }

  private void answer() throws IOException {
    PrintStream answers = new PrintStream(System.out, true, UTF_8);
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      long[] before = latencies.snapshot();
      long events = latencies.events();
      long processor = PROCESS.getProcessCpuTime();
      long allocated = allocated();
      while (lines.readLine() != null) {
        long processorNow = PROCESS.getProcessCpuTime();
        long eventsNow = latencies.events();
        long allocatedNow = allocated();
        answers.println(
            new Usage(
                    eventsNow - events,
                    processorNow - processor,
                    allocatedNow - allocated,
                    latencies.microsSince(before, 0.5),
                    latencies.microsSince(before, 0.99))
                .line());
        before = latencies.snapshot();
        events = latencies.events();
        allocated = allocated();
        processor = PROCESS.getProcessCpuTime();
      }
    }
  }

  private static long allocated() {
    return LongStream.of(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }

  /** The clock of the machine: the sender's process reads the same one. */
  private void got(EventData event) {
    latencies.record(System.nanoTime() - ByteBuffer.wrap(event.getBody()).getLong());
  }

  private void readFlux(String eventHubs, String eventHub, String consumerGroup, int partitions) {
    EventHubConsumerAsyncClient client =
        new EventHubClientBuilder()
            .connectionString(eventHubs, eventHub)
            .consumerGroup(consumerGroup)
            .buildAsyncConsumerClient();
    for (int i = 0; i < partitions; i++) {
      client
          .receiveFromPartition(Integer.toString(i), EventPosition.latest())
          .subscribe(event -> got(event.getData()));
    }
  }

  private void process(
      String eventHubs, String eventHub, String consumerGroup, BlobContainerAsyncClient container) {
    new EventProcessorClientBuilder()
        .connectionString(eventHubs, eventHub)
        .consumerGroup(consumerGroup)
        .checkpointStore(new BlobCheckpointStore(container))
        .initialPartitionEventPosition(partition -> EventPosition.latest())
        .processEvent(this::processed)
        .processError(context -> {})
        .buildEventProcessorClient()
        .start();
  }

  private void processed(EventContext context) {
    got(context.getEventData());
    long now = System.nanoTime();
    String partition = context.getPartitionContext().getPartitionId();
    Long last = checkpointed.putIfAbsent(partition, now);
    if (last != null && now - last >= CHECKPOINT_INTERVAL.toNanos()) {
      checkpointed.put(partition, now);
      context.updateCheckpoint();
    }
  }

  /** All defaults; a busy partition does not store its checkpoints earlier than every 5 s here. */
  private void stream(
      String eventHubs, String eventHub, String consumerGroup, BlobContainerAsyncClient container) {
    ActorSystem system = ActorSystem.create("steady");
    Consumer.committableSource(
            ConsumerSettings.create(system)
                .withConnectionString(eventHubs)
                .withEventHubName(eventHub)
                .withConsumerGroup(consumerGroup)
                .withInitialPosition(EventPosition.latest())
                .withPartitionStore(BlobPartitionStore.create(container)),
            Subscriptions.balanced())
        .map(
            event -> {
              got(event.event());
              return event.committableOffset();
            })
        .runWith(
            Committer.sink(
                CommitterSettings.create(system)
                    .withMaxUnwritten(1_000_000)
                    .withMaxBatch(1_000_000)
                    .withMaxInterval(CHECKPOINT_INTERVAL)),
            system);
  }
}
