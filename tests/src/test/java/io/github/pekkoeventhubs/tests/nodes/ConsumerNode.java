// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.ClientOptions;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;

/**
 * A program: one node of a cluster that consumes the event hub of {@link EmbeddedServices} in
 * another process, and says on its standard output what it does. SIGTERM makes it leave gracefully;
 * the end of its standard input ends it at once, so that it does not outlive who started it.
 */
public final class ConsumerNode {

  private static final String SYSTEM = "Consumers";
  private static final Duration REPORT_INTERVAL = Duration.ofMillis(50);
  private static final Duration RESTART_DELAY = Duration.ofSeconds(1);

  private final OutputStream output = new FileOutputStream(FileDescriptor.out);
  private final ActorSystem<Void> system;
  private final Cluster cluster;
  private final ConsumerSettings consumerSettings;
  private boolean reportedUp;
  private Set<String> reportedRunning = Set.of();
  private volatile Consumer.DrainingControl<Done> control;

  private ConsumerNode(String name, String eventHubs, String blobs) {
    system = ActorSystem.create(Behaviors.empty(), SYSTEM);
    cluster = Cluster.get(system);
    consumerSettings =
        ConsumerSettings.create(system)
            .withConnectionString(eventHubs)
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withConsumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .withPartitionStore(BlobPartitionStore.create(container(name, blobs)))
            .withInitialPosition(EventPosition.earliest());
    control = consume();
  }

  /**
   * Starts a node.
   *
   * @param args its name, the connection strings of the event hubs and of the blobs, and the ports
   *     of the nodes to join; none to form a cluster
   */
  public static void main(String[] args) throws IOException {
    ConsumerNode node = new ConsumerNode(args[0], args[1], args[2]);
    node.join(Stream.of(args).skip(3).map(Integer::valueOf).toList());
    System.in.transferTo(OutputStream.nullOutputStream());
    Runtime.getRuntime().halt(1);
  }

  private void join(List<Integer> ports) {
    List<Address> seeds =
        ports.isEmpty()
            ? List.of(cluster.selfMember().address())
            : ports.stream().map(port -> new Address("pekko", SYSTEM, "127.0.0.1", port)).toList();
    cluster.manager().tell(new JoinSeedNodes(seeds));
    system
        .scheduler()
        .scheduleWithFixedDelay(
            REPORT_INTERVAL, REPORT_INTERVAL, this::reportState, system.executionContext());
  }

  /** The name makes each write of this node known in the service's log. */
  private static BlobContainerAsyncClient container(String name, String connectionString) {
    return new BlobServiceClientBuilder()
        .connectionString(connectionString)
        .clientOptions(new ClientOptions().setApplicationId(name))
        .httpClient(
            new JdkHttpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))
                .build())
        .retryOptions(
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null))
        .buildAsyncClient()
        .getBlobContainerAsyncClient(EmbeddedServices.CONTAINER);
  }

  private Consumer.DrainingControl<Done> consume() {
    Consumer.DrainingControl<Done> started =
        Consumer.committableSource(consumerSettings, Subscriptions.clusterSharded())
            .mapAsync(
                16,
                event ->
                    CompletableFuture.supplyAsync(() -> process(event), system.executionContext()))
            .toMat(
                Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
            .run(system);
    started
        .streamCompletion()
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                startAgain(failure);
              }
            });
    return started;
  }

  private CommittableOffset process(CommittableEvent event) {
    report(
        new NodeReport.Processed(
            event.partition().partitionId(), event.event().getSequenceNumber()));
    return event.committableOffset();
  }

  private void startAgain(Throwable failure) {
    if (CoordinatedShutdown.get(system).getShutdownReason().isPresent()) {
      return;
    }
    report(new NodeReport.StreamFailed(failure.toString()));
    system
        .scheduler()
        .scheduleOnce(RESTART_DELAY, () -> control = consume(), system.executionContext());
  }

  private void reportState() {
    if (!reportedUp && cluster.selfMember().status().equals(MemberStatus.up())) {
      reportedUp = true;
      report(new NodeReport.Up(cluster.selfMember().address().getPort().orElseThrow()));
    }
    Set<String> running = new TreeSet<>();
    control.status().partitions().entrySet().stream()
        .filter(partition -> partition.getValue().state() == OwnerState.RUNNING)
        .map(Map.Entry::getKey)
        .forEach(running::add);
    if (!running.equals(reportedRunning)) {
      reportedRunning = running;
      report(new NodeReport.Running(running));
    }
  }

  /** One system call per line: what was reported is readable even if the process is killed. */
  private void report(NodeReport report) {
    byte[] line = (report.line() + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (output) {
      try {
        output.write(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
