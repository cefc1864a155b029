// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;

/**
 * The official {@code EventProcessorClient} with its checkpoint store, to compare with: consumes as
 * a {@link ConsumerNode} does, and commits as often.
 */
final class ProcessorNode implements HostedNode {

  /** The section of the configuration; a value that it does not set keeps the SDK's default. */
  static final String SECTION = "official-processor";

  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  private final ReportWriter reports;
  private final EventProcessorClient client;
  private final Set<String> running = new TreeSet<>();
  private final Map<String, Instant> committedAt = new ConcurrentHashMap<>();
  private final CompletableFuture<Done> ended = new CompletableFuture<>();

  ProcessorNode(NodeCommand.Start start, Config section, ReportWriter reports) {
    this.reports = reports;
    EventProcessorClientBuilder builder =
        new EventProcessorClientBuilder()
            .connectionString(start.eventHubs(), EmbeddedServices.EVENT_HUB)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .checkpointStore(
                new BlobCheckpointStore(ConsumerNode.container(start.name(), start.blobs())))
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processPartitionInitialization(
                partition -> running(partition.getPartitionContext().getPartitionId(), true))
            .processPartitionClose(
                partition -> running(partition.getPartitionContext().getPartitionId(), false))
            .processEvent(this::process)
            .processError(error -> {});
    if (section.hasPath("update-interval")) {
      builder.loadBalancingUpdateInterval(section.getDuration("update-interval"));
    }
    if (section.hasPath("expiration")) {
      builder.partitionOwnershipExpirationInterval(section.getDuration("expiration"));
    }
    if (section.hasPath("strategy")) {
      builder.loadBalancingStrategy(LoadBalancingStrategy.valueOf(section.getString("strategy")));
    }
    client = builder.buildEventProcessorClient();
  }

  private void process(EventContext event) {
    String partition = event.getPartitionContext().getPartitionId();
    Instant now = Instant.now();
    reports.write(
        new NodeReport.Processed(partition, event.getEventData().getSequenceNumber(), now));
    Instant last = committedAt.putIfAbsent(partition, now);
    if (last != null && Duration.between(last, now).compareTo(COMMIT_INTERVAL) >= 0) {
      committedAt.put(partition, now);
      event.updateCheckpoint();
    }
  }

  private synchronized void running(String partition, boolean now) {
    if (now ? running.add(partition) : running.remove(partition)) {
      reports.write(new NodeReport.Running(running));
    }
  }

  /** It needs no cluster: processors find each other by the checkpoint store. */
  @Override
  public void join(List<Integer> ports) {
    client.start();
    reports.write(new NodeReport.Up(0));
  }

  @Override
  public void leave() {
    client.stop();
    ended.complete(Done.getInstance());
  }

  @Override
  public CompletionStage<Done> whenEnded() {
    return ended;
  }

  @Override
  public boolean endsWithProcess() {
    return false;
  }

  @Override
  public void stopStream() {
    client.stop();
  }

  @Override
  public void startStream() {
    client.start();
  }

  @Override
  public void cutOff(List<Integer> ports) {
    throw new UnsupportedOperationException("a processor is in no cluster");
  }

  @Override
  public void reconnect(List<Integer> ports) {
    throw new UnsupportedOperationException("a processor is in no cluster");
  }

  @Override
  public SeriesCount series() {
    return SeriesCount.NONE;
  }

  @Override
  public void down(List<Integer> ports) {
    throw new UnsupportedOperationException("a processor is in no cluster");
  }
}
