// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import io.github.pekkoeventhubs.ConnectionSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.accesstoken.CheckedClientBuilder;
import io.github.pekkoeventhubs.failure.ServiceFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The SDK's clients of one stream, over the configured number of connections. The partitions are
 * spread over the connections in the order in which they come. So the first partition gets a
 * connection that is open already: questions about the event hub have opened it.
 */
final class EventHubClients implements EventHubService {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Consumer");

  /** The answer to a question is one event at most. */
  private static final int FOR_QUESTIONS = 1;

  /** After so many questions in a row without an answer another connection is asked. */
  private static final int UNANSWERED_QUESTIONS = 2;

  /**
   * One connection, and the partitions that receive through it. The SDK has a prefetch per client;
   * clients of one builder share their connection.
   */
  private static final class Connection {
    final EventHubClientBuilder builder;
    final Map<Integer, EventHubConsumerAsyncClient> clients = new HashMap<>();
    final Set<String> partitionIds = new HashSet<>();

    /** Questions without an answer, each of which was asked after the one before had failed. */
    final AtomicInteger unanswered = new AtomicInteger();

    private boolean closed;

    Connection(EventHubClientBuilder builder) {
      this.builder = builder.shareConnection();
    }

    /** A closed connection is not opened again: every call of its client fails. */
    synchronized EventHubConsumerAsyncClient client(int prefetchCount) {
      return closed
          ? clients.values().iterator().next()
          : clients.computeIfAbsent(
              prefetchCount, count -> builder.prefetchCount(count).buildAsyncConsumerClient());
    }

    synchronized void close() {
      closed = true;
      clients.values().forEach(EventHubConsumerAsyncClient::close);
    }
  }

  private final ConsumerSettings settings;
  private final ServiceErrors errors;
  private final String namespace;
  private final NamespaceAddress address;
  private final String eventHub;
  private final @Nullable Long ownerLevel;

  // Guarded by this.
  private final List<Connection> current = new ArrayList<>();
  private final List<Connection> retired = new ArrayList<>();
  private final Map<String, Integer> slots = new HashMap<>();

  private final SeparateConnections separate = new SeparateConnections();

  private boolean closed;

  private EventHubClients(ConsumerSettings settings, @Nullable Long ownerLevel) {
    this.settings = settings;
    this.ownerLevel = ownerLevel;
    for (int i = 0; i < settings.connections(); i++) {
      current.add(connect(settings));
    }
    EventHubConsumerAsyncClient any = current.get(0).client(FOR_QUESTIONS);
    this.namespace = any.getFullyQualifiedNamespace();
    this.eventHub = any.getEventHubName();
    NamespaceAddress usual = NamespaceAddress.of(namespace, settings.connectionString());
    this.address = settings.isClientCustomized() ? usual.orAnother() : usual;
    this.errors = new ServiceErrors(namespace, eventHub, any.getConsumerGroup());
  }

  /**
   * Builds the clients; no connection is opened before it is needed.
   *
   * @param ownerLevel the AMQP owner level of receivers, or null for none
   * @throws InvalidSettingsException if the settings do not say which event hub to read
   */
  static EventHubClients open(ConsumerSettings settings, @Nullable Long ownerLevel) {
    return new EventHubClients(settings, ownerLevel);
  }

  private static Connection connect(ConsumerSettings settings) {
    if (settings.consumerGroup().isBlank()) {
      throw new InvalidSettingsException(
          "consumer-group is empty: name the consumer group, for example '$Default'");
    }
    // The SDK's span of an event is over before the event is emitted, and each question is a trace
    // of its own.
    EventHubClientBuilder builder =
        ConnectionSettings.untraced(settings.connected(new CheckedClientBuilder()))
            .consumerGroup(settings.consumerGroup())
            .retryOptions(
                new AmqpRetryOptions()
                    .setMaxRetries(1)
                    .setDelay(Duration.ofMillis(200))
                    .setTryTimeout(settings.metadataTimeout()));
    Connection connection = new Connection(settings.customized(builder));
    settings.built(() -> connection.client(FOR_QUESTIONS));
    return connection;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public String eventHub() {
    return eventHub;
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    return asked(
        "asking event hub '" + eventHub() + "' for its partitions",
        anyConnection(),
        client ->
            client
                .getPartitionIds()
                .collectList()
                .map(ids -> ids.stream().sorted(PartitionIds.ORDER).toList()));
  }

  /** Asks the service for the properties of the event hub. */
  CompletionStage<EventHubProperties> eventHubProperties() {
    return asked(
        "asking for the properties of event hub '" + eventHub() + "'",
        anyConnection(),
        EventHubConsumerAsyncClient::getEventHubProperties);
  }

  @Override
  public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
    return asked(
        "asking for the properties of partition '" + partitionId + "'",
        connection(partitionId),
        client -> client.getPartitionProperties(partitionId));
  }

  @Override
  public CompletionStage<PartitionEvent> firstEvent(String partitionId, EventPosition from) {
    return answered(
        "looking for the first event of partition '" + partitionId + "' from " + from,
        events(connection(partitionId).client(FOR_QUESTIONS), partitionId, from).next());
  }

  @Override
  public Flux<PartitionEvent> receive(String partitionId, EventPosition from, int prefetchCount) {
    Connection connection;
    Connection abandoned;
    synchronized (this) {
      abandoned = leaveRetired(partitionId);
      connection = current.get(slot(partitionId));
      if (separate.takeNext(partitionId) && !closed) {
        connection.partitionIds.remove(partitionId);
        // A retired connection is closed when its last partition leaves it.
        connection = connect(settings);
        retired.add(connection);
      }
      connection.partitionIds.add(partitionId);
    }
    if (abandoned != null) {
      closeQuietly(abandoned);
    }
    return events(connection.client(prefetchCount), partitionId, from);
  }

  private Flux<PartitionEvent> events(
      EventHubConsumerAsyncClient client, String partitionId, EventPosition from) {
    ReceiveOptions options =
        new ReceiveOptions().setTrackLastEnqueuedEventProperties(settings.trackLastEnqueued());
    if (ownerLevel != null) {
      options.setOwnerLevel(ownerLevel);
    }
    return client.receiveFromPartition(partitionId, from, options);
  }

  @Override
  public synchronized boolean hasSilentConnection(String partitionId) {
    return retired.stream()
        .anyMatch(
            connection ->
                connection.partitionIds.contains(partitionId)
                    && connection.unanswered.get() >= UNANSWERED_QUESTIONS);
  }

  /**
   * Replaces the partition's connection, which no longer answers although it looks open: the next
   * receiver gets another one.
   */
  @Override
  public synchronized void abandonConnection(String partitionId) {
    Connection silent = current.get(slot(partitionId));
    if (silent.partitionIds.contains(partitionId)) {
      retire(silent);
    }
  }

  /**
   * Puts another connection in the place of one. The receivers of the old one keep it.
   *
   * @return whether it was replaced; it is not if that had happened before
   */
  private synchronized boolean retire(Connection silent) {
    int slot = current.indexOf(silent);
    if (closed || slot < 0) {
      return false;
    }
    current.set(slot, connect(settings));
    if (!silent.partitionIds.isEmpty()) {
      retired.add(silent);
    }
    return true;
  }

  @Override
  public synchronized boolean useOwnConnection(String partitionId, OwnConnection wish) {
    return separate.ask(partitionId, wish);
  }

  /** The partition no longer receives: closes a connection that was kept open for it alone. */
  @Override
  public void leaveConnection(String partitionId) {
    Connection abandoned;
    synchronized (this) {
      separate.leave(partitionId);
      current.get(slot(partitionId)).partitionIds.remove(partitionId);
      abandoned = leaveRetired(partitionId);
    }
    if (abandoned != null) {
      closeQuietly(abandoned);
    }
  }

  /**
   * Returns the connection to close if the partition was the last one of a retired connection, else
   * null.
   */
  private @Nullable Connection leaveRetired(String partitionId) {
    for (Connection connection : retired) {
      if (connection.partitionIds.remove(partitionId) && connection.partitionIds.isEmpty()) {
        retired.remove(connection);
        return connection;
      }
    }
    return null;
  }

  private synchronized Connection connection(String partitionId) {
    return current.get(slot(partitionId));
  }

  private synchronized Connection anyConnection() {
    return current.get(0);
  }

  /** A partition stays with its connection; a new one gets the one that has fewest. */
  private synchronized int slot(String partitionId) {
    return slots.computeIfAbsent(
        partitionId,
        id ->
            IntStream.range(0, current.size())
                .boxed()
                .min(Comparator.comparingInt(slot -> Collections.frequency(slots.values(), slot)))
                .orElseThrow());
  }

  /**
   * Asks over the connection, which is replaced when it leaves a second question in a row without
   * an answer: after the service has ended the session of the questions, the SDK goes on asking in
   * it (azure-core-amqp 2.12.1). Receivers keep the connection that they have, until their owners
   * find that nothing arrives there.
   */
  private <T> CompletionStage<T> asked(
      String question,
      Connection connection,
      Function<EventHubConsumerAsyncClient, Mono<T>> request) {
    int before = connection.unanswered.get();
    return answered(question, request.apply(connection.client(FOR_QUESTIONS)))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                connection.unanswered.set(0);
              } else if (ServiceFailure.isUnansweredQuestion(failure)
                  && connection.unanswered.compareAndSet(before, before + 1)
                  && before + 1 >= UNANSWERED_QUESTIONS) {
                replace(connection);
              }
            });
  }

  private void replace(Connection silent) {
    boolean used;
    synchronized (this) {
      if (!retire(silent)) {
        return;
      }
      used = !silent.partitionIds.isEmpty();
    }
    LOG.warn(
        keys(),
        "{} questions in a row were not answered: the next ones go over a new connection",
        UNANSWERED_QUESTIONS);
    if (!used) {
      closeQuietly(silent);
    }
  }

  private <T> CompletionStage<T> answered(String question, Mono<T> asked) {
    return asked
        .subscribeOn(OwnThreads.reactorPool())
        .timeout(settings.metadataTimeout(), OwnThreads.reactorTimer())
        .onErrorResume(
            TimeoutException.class,
            late -> Mono.<T>error(late).subscribeOn(OwnThreads.reactorPool()))
        .toFuture()
        .exceptionallyCompose(
            error ->
                errors
                    .questionFailed(question, error, address)
                    .thenCompose(CompletableFuture::failedFuture));
  }

  LogKeys keys() {
    return LogKeys.ofGroup(namespace, eventHub, settings.consumerGroup());
  }

  /** Closes the connections, on another thread since the SDK may wait for the service. */
  @Override
  public CompletionStage<Void> close() {
    List<Connection> open;
    synchronized (this) {
      closed = true;
      open = new ArrayList<>(current);
      open.addAll(retired);
      retired.clear();
    }
    return CompletableFuture.runAsync(() -> open.forEach(Connection::close), OwnThreads.pool());
  }

  private void closeQuietly(Connection connection) {
    CompletableFuture.runAsync(connection::close, OwnThreads.pool())
        .exceptionally(
            error -> {
              LOG.debug(keys(), "closing an abandoned connection failed", error);
              return null;
            });
  }
}
