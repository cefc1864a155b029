// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.EventContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The official Java processor on the event hub of {@link EmbeddedServices}. It begins at the first
 * event where there is no checkpoint, and stores one after each batch.
 */
public final class OfficialProcessor implements AutoCloseable {

  private static final Duration BATCH_WAIT = Duration.ofMillis(100);

  private final EventProcessorClient client;
  private final Queue<String> processed;
  private final Set<String> partitions = ConcurrentHashMap.newKeySet();
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  private OfficialProcessor(Setup setup) {
    processed = setup.processed;
    EventProcessorClientBuilder builder =
        new EventProcessorClientBuilder()
            .connectionString(
                setup.services.eventHubs().connectionString(), EmbeddedServices.EVENT_HUB)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .checkpointStore(setup.store)
            .loadBalancingUpdateInterval(setup.updateInterval)
            .partitionOwnershipExpirationInterval(setup.expiration)
            .loadBalancingStrategy(setup.strategy)
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processPartitionInitialization(
                context -> partitions.add(context.getPartitionContext().getPartitionId()))
            .processPartitionClose(
                context -> partitions.remove(context.getPartitionContext().getPartitionId()))
            .processError(error -> errors.add(error.getThrowable()));
    client =
        (setup.singleEvents
                ? builder.processEvent(this::process)
                : builder.processEventBatch(this::process, setup.batchSize, BATCH_WAIT))
            .buildEventProcessorClient();
    client.start();
  }

  /** Describes one that uses the official checkpoint store; see {@link Setup} for the defaults. */
  public static Setup on(EmbeddedServices services) {
    return new Setup(services);
  }

  /** How a processor works, before it is started. */
  public static final class Setup {
    private final EmbeddedServices services;
    private CheckpointStore store;
    private Queue<String> processed = new ConcurrentLinkedQueue<>();
    private Duration updateInterval = Duration.ofMillis(200);
    private Duration expiration = Duration.ofSeconds(10);
    private LoadBalancingStrategy strategy = LoadBalancingStrategy.GREEDY;
    private int batchSize = 1;
    private boolean singleEvents;

    private Setup(EmbeddedServices services) {
      this.services = services;
      this.store = new BlobCheckpointStore(services.container(EmbeddedServices.CONTAINER));
    }

    /** Keeps claims and checkpoints in this store. */
    public Setup withStore(CheckpointStore newStore) {
      store = newStore;
      return this;
    }

    /** Adds what is processed to this queue, as {@code partition/body}. */
    public Setup withProcessed(Queue<String> newProcessed) {
      processed = newProcessed;
      return this;
    }

    /** How often it lists, counts and renews; 200 ms by default. */
    public Setup withUpdateInterval(Duration interval) {
      updateInterval = interval;
      return this;
    }

    /** After how long it takes a claim for dead; 10 s by default. */
    public Setup withExpiration(Duration newExpiration) {
      expiration = newExpiration;
      return this;
    }

    /** Whether it claims one partition in each interval, or all that it may: the default. */
    public Setup withStrategy(LoadBalancingStrategy newStrategy) {
      strategy = newStrategy;
      return this;
    }

    /** How many events come before a checkpoint, at most; 1 by default. */
    public Setup withBatchSize(int events) {
      batchSize = events;
      return this;
    }

    /** Processes events by the callback for single ones, and stores a checkpoint after each. */
    public Setup withSingleEvents() {
      singleEvents = true;
      return this;
    }

    /** Starts it. */
    public OfficialProcessor start() {
      return new OfficialProcessor(this);
    }
  }

  private void process(EventBatchContext batch) {
    if (batch.getEvents().isEmpty()) {
      return;
    }
    for (EventData event : batch.getEvents()) {
      processed.add(batch.getPartitionContext().getPartitionId() + "/" + event.getBodyAsString());
    }
    batch.updateCheckpoint();
  }

  private void process(EventContext event) {
    processed.add(
        event.getPartitionContext().getPartitionId()
            + "/"
            + event.getEventData().getBodyAsString());
    event.updateCheckpoint();
  }

  /** Under which it signs its claims. */
  public String ownerId() {
    return client.getIdentifier();
  }

  /** Returns the processed events, as {@code partition/body}. */
  public Queue<String> processed() {
    return processed;
  }

  /** The partitions that it receives from. */
  public Set<String> partitions() {
    return partitions;
  }

  /** Returns the errors it has reported, stolen links among them. */
  public Queue<Throwable> errors() {
    return errors;
  }

  /** Stops, and releases what it owns. */
  @Override
  public void close() {
    client.stop();
  }
}
