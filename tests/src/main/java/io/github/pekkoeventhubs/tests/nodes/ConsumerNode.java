// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import com.azure.core.util.ClientOptions;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * One node of a cluster that consumes the event hub of {@link EmbeddedServices} in another process,
 * and reports what it does.
 */
final class ConsumerNode implements HostedNode {

  private static final String SYSTEM = "Consumers";

  /** Which stream it runs: merged, unordered or partitioned. */
  private static final String STREAM = "tests.stream";

  /** The kind of subscription: sharded, balanced or fixed. */
  private static final String SUBSCRIPTION = "tests.subscription";

  /** The partitions of a fixed subscription. */
  private static final String FIXED_PARTITIONS = "tests.fixed-partitions";

  /** How long the work on an event takes, without a thread that waits for it. */
  private static final String WORK = "tests.work";

  /** How long an access token of the partition store takes; without it there is a key. */
  private static final String TOKEN_DELAY = "tests.token-delay";

  /** Whether the node has meters. */
  private static final String METERS = "tests.meters";

  private static final int PARALLELISM = 64;
  private static final int MAX_PARTITIONS = 64;
  private static final Duration REPORT_INTERVAL = Duration.ofMillis(50);
  private static final Duration RESTART_DELAY = Duration.ofSeconds(1);

  private final ReportWriter reports;
  private final ActorSystem<Void> system;
  private final Cluster cluster;
  private final ConsumerSettings consumerSettings;
  private final String stream;
  private final Subscription subscription;
  private final Duration work;
  private final @Nullable NodeMeters meters;
  private boolean reportedUp;
  private Set<String> reportedRunning = Set.of();
  private Set<Integer> reportedUnreachable = Set.of();
  private volatile boolean streamStopped;
  private volatile Consumer.@Nullable DrainingControl<Done> control;

  /** Starts it; it is in no cluster yet. */
  ConsumerNode(NodeCommand.Start start, Config configuration, ReportWriter reports) {
    this.reports = reports;
    system = ActorSystem.create(Behaviors.empty(), SYSTEM, configuration);
    cluster = Cluster.get(system);
    stream = configuration.hasPath(STREAM) ? configuration.getString(STREAM) : "merged";
    subscription = subscription(configuration);
    work = configuration.hasPath(WORK) ? configuration.getDuration(WORK) : Duration.ZERO;
    meters =
        configuration.hasPath(METERS) && configuration.getBoolean(METERS)
            ? new NodeMeters(system)
            : null;
    consumerSettings =
        ConsumerSettings.create(system)
            .withConnectionString(start.eventHubs())
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withConsumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .withPartitionStore(BlobPartitionStore.create(container(start, configuration)))
            .withInitialPosition(EventPosition.earliest());
    control = consume();
  }

  private static Subscription subscription(Config configuration) {
    String name =
        configuration.hasPath(SUBSCRIPTION) ? configuration.getString(SUBSCRIPTION) : "sharded";
    return switch (name) {
      case "sharded" -> Subscriptions.clusterSharded();
      case "balanced" -> Subscriptions.balanced();
      case "fixed" ->
          Subscriptions.partitions(
              configuration.getStringList(FIXED_PARTITIONS).toArray(new String[0]));
      default -> throw new IllegalArgumentException(SUBSCRIPTION + " is " + name);
    };
  }

  @Override
  public void join(List<Integer> ports) {
    List<Address> seeds =
        ports.isEmpty()
            ? List.of(cluster.selfMember().address())
            : ports.stream().map(ConsumerNode::address).toList();
    cluster.manager().tell(new JoinSeedNodes(seeds));
    system
        .scheduler()
        .scheduleWithFixedDelay(
            REPORT_INTERVAL, REPORT_INTERVAL, this::reportState, system.executionContext());
  }

  private static Address address(int port) {
    return new Address("pekko", SYSTEM, "127.0.0.1", port);
  }

  @Override
  public void leave() {
    system.terminate();
  }

  @Override
  public boolean endsWithProcess() {
    return CoordinatedShutdown.get(system)
        .getShutdownReason()
        .filter(CoordinatedShutdown.jvmExitReason()::equals)
        .isPresent();
  }

  @Override
  public CompletionStage<Done> whenEnded() {
    return system.getWhenTerminated();
  }

  @Override
  public void stopStream() {
    streamStopped = true;
    Consumer.DrainingControl<Done> current = control;
    if (current != null) {
      current.drainAndShutdown();
    }
  }

  @Override
  public void startStream() {
    streamStopped = false;
    control = consume();
  }

  @Override
  public void cutOff(List<Integer> ports) {
    ports.forEach(port -> ClusterNetwork.cut(system, address(port)));
  }

  @Override
  public void reconnect(List<Integer> ports) {
    ports.forEach(port -> ClusterNetwork.restore(system, address(port)));
  }

  @Override
  public void down(List<Integer> ports) {
    ports.forEach(port -> cluster.manager().tell(new Down(address(port))));
  }

  @Override
  public SeriesCount series() {
    return meters == null ? SeriesCount.NONE : meters.count(running());
  }

  /** A client with the account's key. */
  static BlobContainerAsyncClient container(String name, String connectionString) {
    return container(
        name,
        new BlobServiceClientBuilder()
            .connectionString(connectionString)
            .httpClient(BlobPartitionStore.httpClient()));
  }

  private BlobContainerAsyncClient container(NodeCommand.Start start, Config configuration) {
    if (!configuration.hasPath(TOKEN_DELAY)) {
      return container(start.name(), start.blobs());
    }
    SlowTokens tokens =
        new SlowTokens(
            configuration.getDuration(TOKEN_DELAY),
            () -> reports.write(new NodeReport.TokenFetched()));
    return container(
        start.name(), tokens.credentialOf(new BlobServiceClientBuilder(), start.blobs()));
  }

  /** The name makes each write of a node known in the service's log. */
  private static BlobContainerAsyncClient container(String name, BlobServiceClientBuilder client) {
    return client
        .clientOptions(new ClientOptions().setApplicationId(name))
        .retryOptions(
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
        .buildAsyncClient()
        .getBlobContainerAsyncClient(EmbeddedServices.CONTAINER);
  }

  private Consumer.DrainingControl<Done> consume() {
    Consumer.DrainingControl<Done> started =
        processed()
            .toMat(
                Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
            .run(system);
    started
        .streamCompletion()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                reports.write(new NodeReport.StreamCompleted());
              } else {
                reports.write(new NodeReport.StreamFailed(failure.toString()));
                startAgain();
              }
            });
    return started;
  }

  private Source<CommittableOffset, Consumer.Control> processed() {
    return switch (stream) {
      case "merged" -> events().mapAsync(PARALLELISM, this::processAside);
      case "unordered" -> events().mapAsyncUnordered(PARALLELISM, this::processAside);
      case "partitioned" ->
          Consumer.committablePartitionedSource(consumerSettings, subscription)
              .flatMapMerge(
                  MAX_PARTITIONS,
                  partition -> partition.second().mapAsync(PARALLELISM, this::processAside));
      default -> throw new IllegalArgumentException(STREAM + " is " + stream);
    };
  }

  private Source<CommittableEvent, Consumer.Control> events() {
    return Consumer.committableSource(consumerSettings, subscription);
  }

  private CompletionStage<CommittableOffset> processAside(CommittableEvent event) {
    if (work.isZero()) {
      return CompletableFuture.supplyAsync(() -> process(event), system.executionContext());
    }
    return Patterns.after(
        work,
        system.classicSystem().scheduler(),
        system.executionContext(),
        () -> CompletableFuture.completedFuture(process(event)));
  }

  private CommittableOffset process(CommittableEvent event) {
    reports.write(
        new NodeReport.Processed(
            event.partition().partitionId(), event.event().getSequenceNumber(), Instant.now()));
    return event.committableOffset();
  }

  private void startAgain() {
    if (streamStopped || CoordinatedShutdown.get(system).getShutdownReason().isPresent()) {
      return;
    }
    system
        .scheduler()
        .scheduleOnce(RESTART_DELAY, this::startUnlessStopped, system.executionContext());
  }

  private void startUnlessStopped() {
    if (!streamStopped) {
      control = consume();
    }
  }

  private void reportState() {
    if (!reportedUp && cluster.selfMember().status().equals(MemberStatus.up())) {
      reportedUp = true;
      reports.write(new NodeReport.Up(cluster.selfMember().address().getPort().orElseThrow()));
    }
    Set<Integer> unreachable = new TreeSet<>();
    cluster
        .state()
        .getUnreachable()
        .forEach(member -> unreachable.add(member.address().getPort().orElseThrow()));
    if (!unreachable.equals(reportedUnreachable)) {
      reportedUnreachable = unreachable;
      reports.write(new NodeReport.Unreachable(unreachable));
    }
    Set<String> running = running();
    if (!running.equals(reportedRunning)) {
      reportedRunning = running;
      reports.write(new NodeReport.Running(running));
    }
  }

  private Set<String> running() {
    Consumer.DrainingControl<Done> current = control;
    Set<String> running = new TreeSet<>();
    if (current != null) {
      current.status().partitions().entrySet().stream()
          .filter(partition -> partition.getValue().state() == OwnerState.RUNNING)
          .map(Map.Entry::getKey)
          .forEach(running::add);
    }
    return running;
  }
}
