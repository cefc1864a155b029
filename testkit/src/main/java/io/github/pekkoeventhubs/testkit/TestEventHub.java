// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.SendOptions;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices.ProvidedEventHub;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * An event hub for one test, with a consumer group, a container for checkpoints, and settings that
 * lead there. {@link EventHubsExtension} makes it and takes it away.
 *
 * <p>Where it is shared with other tests, because it is no embedded one, sequence numbers given and
 * answered here count from the beginning of the test, and streams begin there. Methods wait for the
 * service, for up to 20 seconds, and may be called from any thread.
 */
public final class TestEventHub implements FaultTarget {

  private final EventHubsServices services;
  private final ProvidedEventHub provided;
  private final ActorSystem<?> system;
  private final BlobContainerAsyncClient container;
  private final PartitionStore store;

  /** The same records for the test itself, which waits longer for an answer than a stream does. */
  private final PartitionStore observed;

  private final Map<String, Long> firstNumbers = new TreeMap<>();
  private final ProbedEventHub probed = new Probed();

  // Guarded by this.
  private @Nullable EventHubProducerClient producer;

  TestEventHub(EventHubsServices services, ProvidedEventHub provided, ActorSystem<?> system) {
    this.services = services;
    this.provided = provided;
    this.system = system;
    this.container =
        new BlobServiceClientBuilder()
            .connectionString(services.blobConnectionString())
            .httpClient(BlobPartitionStore.httpClient())
            .buildAsyncClient()
            .getBlobContainerAsyncClient(provided.container());
    this.store = BlobPartitionStore.create(container);
    this.observed = BlobPartitionStore.create(container, Waiting.ANSWER);
    if (provided.shared()) {
      beginHere();
    }
  }

  /** Streams of this test are to begin after the events of the tests before it. */
  private void beginHere() {
    for (String partitionId : partitionIds()) {
      PartitionProperties properties = producer().getPartitionProperties(partitionId);
      long last = properties.getLastEnqueuedSequenceNumber();
      firstNumbers.put(partitionId, last + 1);
      // A partition whose events have all expired begins behind them anyway.
      if (!properties.isEmpty()) {
        Waiting.forAnswer(
            observed.createCheckpoint(
                probed.partition(partitionId),
                Map.of(
                    StoredCheckpoint.SEQUENCE_NUMBER,
                    Long.toString(last),
                    StoredCheckpoint.OFFSET,
                    properties.getLastEnqueuedOffset())));
      }
    }
  }

  /** The name in the service, which is not the one the test knows it by. */
  @Override
  public String name() {
    return provided.eventHub();
  }

  /**
   * Returns the namespace as the connection string names it; {@code localhost} for the embedded
   * service.
   */
  public String namespace() {
    String endpoint =
        Arrays.stream(connectionString().split(";", -1))
            .filter(part -> part.startsWith("Endpoint="))
            .findFirst()
            .orElseThrow();
    return URI.create(endpoint.substring("Endpoint=".length())).getHost();
  }

  /** The consumer group that streams of this test read with. */
  @Override
  public String consumerGroup() {
    return provided.consumerGroup();
  }

  /** The container in which this test keeps its checkpoints. */
  public String container() {
    return provided.container();
  }

  /**
   * The ids of the partitions. These may be more than the test has asked for, where it shares the
   * event hub with others.
   */
  @Override
  public List<String> partitionIds() {
    return IntStream.range(0, provided.partitionCount()).mapToObj(Integer::toString).toList();
  }

  /** For clients that name the event hub themselves; contains a key. */
  public String connectionString() {
    return services.eventHubsConnectionString();
  }

  /** Returns the connection string of the storage account; contains a key. */
  public String blobConnectionString() {
    return services.blobConnectionString();
  }

  /** For {@code Consumer}: this event hub, from its first event on where there is no checkpoint. */
  public ConsumerSettings consumerSettings() {
    return ConsumerSettings.create(system)
        .withConnectionString(connectionString())
        .withEventHubName(name())
        .withConsumerGroup(consumerGroup())
        .withPartitionStore(store)
        .withInitialPosition(EventPosition.earliest());
  }

  /** For {@code Producer}: this event hub. */
  public ProducerSettings producerSettings() {
    return ProducerSettings.create(system)
        .withConnectionString(connectionString())
        .withEventHubName(name());
  }

  /** For {@code Committer}: the defaults of the actor system. */
  public CommitterSettings committerSettings() {
    return CommitterSettings.create(system);
  }

  /** For clients of the SDK. */
  public EventHubClientBuilder clientBuilder() {
    return new EventHubClientBuilder()
        .connectionString(connectionString(), name())
        .consumerGroup(consumerGroup());
  }

  /** Where streams of this test keep ownership and checkpoints. */
  public PartitionStore partitionStore() {
    return store;
  }

  /** The client of the container. */
  public BlobContainerAsyncClient containerClient() {
    return container;
  }

  /**
   * Sends events with these bodies to a partition.
   *
   * @return the sequence number of the last one
   */
  public long send(String partitionId, String... bodies) {
    return send(partitionId, Arrays.stream(bodies).map(EventData::new).toArray(EventData[]::new));
  }

  /**
   * Sends events to a partition.
   *
   * @return the sequence number of the last one
   */
  public long send(String partitionId, EventData... events) {
    if (services.eventHubs().isPresent()) {
      return services.eventHubs().get().send(name(), partitionId, events);
    }
    producer().send(Arrays.asList(events), new SendOptions().setPartitionId(partitionId));
    return lastSequenceNumber(partitionId);
  }

  /** The sequence number of the last event of a partition; -1 if there is none. */
  public long lastSequenceNumber(String partitionId) {
    long last =
        services.eventHubs().isPresent()
            ? services.eventHubs().get().partition(name(), partitionId).lastSequenceNumber()
            : producer().getPartitionProperties(partitionId).getLastEnqueuedSequenceNumber();
    return last - probed.firstNumber(partitionId);
  }

  /** Returns a probe that shows the events, the checkpoint and the owner of a partition. */
  public PartitionProbe partition(String partitionId) {
    return new PartitionProbe(probed, probed.partition(partitionId));
  }

  /** The checkpoints, as they are and as they were written. */
  public CheckpointProbe checkpoints() {
    return new CheckpointProbe(probed);
  }

  /**
   * Faults of this event hub. Faults of the clock, and of links for questions and tokens, affect
   * {@linkplain EventHubsEmulator#faults(String) the whole service}, since these belong to no event
   * hub. Skips the test unless the service is an embedded one, because no other can be made to
   * fail.
   */
  @Override
  public EventHubsFaults faults() {
    return eventHubs().faults(name());
  }

  /** Faults of the container of this test. Skips the test unless the service is an embedded one. */
  @Override
  public BlobFaults blobFaults() {
    return blobs().faults().inContainer(container());
  }

  /** The embedded service. Skips the test where there is none. */
  public EventHubsEmulator eventHubs() {
    return services.eventHubs().orElseThrow(this::onlyEmbedded);
  }

  /** The embedded service. Skips the test where there is none. */
  @Override
  public BlobEmulator blobs() {
    return services.blobs().orElseThrow(this::onlyEmbedded);
  }

  private TestAbortedException onlyEmbedded() {
    return new TestAbortedException("This test needs the embedded services, not " + services);
  }

  /** The part of this event hub that probes may use. */
  private final class Probed implements ProbedEventHub {

    @Override
    public List<String> partitionIds() {
      return TestEventHub.this.partitionIds();
    }

    @Override
    public EventHubPartition partition(String partitionId) {
      return new EventHubPartition(namespace(), name(), consumerGroup(), partitionId);
    }

    @Override
    public PartitionStore partitionStore() {
      return observed;
    }

    @Override
    public long firstNumber(String partitionId) {
      return firstNumbers.getOrDefault(partitionId, 0L);
    }

    @Override
    public long lastSequenceNumber(String partitionId) {
      return TestEventHub.this.lastSequenceNumber(partitionId);
    }

    @Override
    public String container() {
      return TestEventHub.this.container();
    }

    @Override
    public BlobEmulator blobs() {
      return TestEventHub.this.blobs();
    }
  }

  private synchronized EventHubProducerClient producer() {
    EventHubProducerClient present = producer;
    if (present == null) {
      present = clientBuilder().buildProducerClient();
      producer = present;
    }
    return present;
  }

  /** Closes the clients this has opened. */
  synchronized void close() {
    if (producer != null) {
      EventHubProducerClient open = producer;
      producer = null;
      Waiting.forAnswer(CompletableFuture.runAsync(open::close));
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
