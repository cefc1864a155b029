// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import reactor.core.publisher.Mono;

/**
 * A process without a cluster, as its neighbours see it: an actor system with a stream of the
 * consumer group, on connections of its own.
 */
final class BalancedNode implements AutoCloseable {

  /** Claims that are renewed every second and expire after six. */
  static final OwnershipSettings FAST_EXPIRY =
      new OwnershipSettings(
          Duration.ofSeconds(1),
          Duration.ofMillis(300),
          Duration.ofMillis(4500),
          Duration.ofSeconds(6),
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(5));

  /** Claims that are renewed as often, and that no pause of a busy machine lets expire. */
  static final OwnershipSettings SLOW_EXPIRY =
      new OwnershipSettings(
          Duration.ofSeconds(1),
          Duration.ofMillis(300),
          Duration.ofSeconds(25),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(5));

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String CONFIGURATION =
      """
      pekko.actor.provider = local
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      pekko.coordinated-shutdown.exit-jvm = off
      """;

  private final ActorSystem<Void> system =
      ActorSystem.create(
          Behaviors.empty(),
          "Balanced",
          ConfigFactory.load(
              ConfigFactory.parseString(CONFIGURATION)
                  .withFallback(ConfigFactory.parseResources("application.conf"))));
  private final ConsumerSettings settings;
  private volatile boolean severed;

  BalancedNode(EmbeddedServices services) {
    settings =
        services
            .consumerSettings(system)
            .withPartitionStore(
                BlobPartitionStore.create(
                    new BlobServiceClientBuilder()
                        .connectionString(services.blobs().connectionString())
                        .httpClient(new JdkHttpClientBuilder().build())
                        .addPolicy(new Connection())
                        .buildAsyncClient()
                        .getBlobContainerAsyncClient(EmbeddedServices.CONTAINER)))
            .withPartitionRefreshInterval(Duration.ofMillis(300))
            .withOwnership(SLOW_EXPIRY)
            .withBalanced(
                new BalancedSettings(
                    Duration.ofMillis(400),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(1)));
  }

  /** Lets no request through after the node was killed. */
  private final class Connection implements HttpPipelinePolicy {
    @Override
    public Mono<HttpResponse> process(
        HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
      return severed ? Mono.error(new IOException("the node is dead")) : next.process();
    }
  }

  ActorSystem<Void> system() {
    return system;
  }

  ConsumerSettings settings() {
    return settings;
  }

  /** The settings of a user who has changed none. */
  ConsumerSettings defaults() {
    return ConsumerSettings.create(system);
  }

  /** Runs a stream that notes what it processes, as "partition/body". */
  Consumer.DrainingControl<Done> consume(Queue<String> processed) {
    return consume(processed, settings);
  }

  /** The same with other settings. */
  Consumer.DrainingControl<Done> consume(Queue<String> processed, ConsumerSettings withSettings) {
    return Consumer.committableSource(withSettings, Subscriptions.balanced())
        .map(
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return event.committableOffset();
            })
        .toMat(
            Committer.sink(
                CommitterSettings.create(system).withMaxInterval(Duration.ofMillis(200))),
            Consumer::createDrainingControl)
        .run(system);
  }

  /** The partitions that a stream reads now. */
  static Set<String> running(Consumer.Control control) {
    return control.status().partitions().values().stream()
        .filter(status -> status.state() == OwnerState.RUNNING)
        .map(status -> status.partition().partitionId())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Ends as on SIGKILL: nothing is stored or released any more. */
  void kill() {
    severed = true;
    close();
  }

  /** Ends as on SIGTERM. */
  @Override
  public void close() {
    CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.unknownReason());
    try {
      system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the actor system has not ended", e);
    }
  }
}
