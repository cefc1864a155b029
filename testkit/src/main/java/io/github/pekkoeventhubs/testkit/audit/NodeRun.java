// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.SourceControl;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.jspecify.annotations.Nullable;

/** One start of a node: an actor system with the stream under audit. Used by one thread. */
final class NodeRun {

  private static final Config DEFAULTS =
      ConfigFactory.parseString(
          """
          pekko {
            fail-mixed-versions = off
            jvm-exit-on-fatal-error = off
            daemonic = on
            coordinated-shutdown {
              exit-jvm = off
              run-by-jvm-shutdown-hook = off
              run-by-actor-system-terminate = off
            }
            eventhubs {
              consumer {
                initial-position = earliest
                reconnect-min-backoff = 10ms
                reconnect-max-backoff = 500ms
                stall-check = 1s
                balanced {
                  balancing-interval = 300ms
                  unsettled-interval = 50ms
                  hand-over-deadline = 15s
                }
                ownership {
                  renewal-retry-interval = 1s
                  claim-retry-interval = 200ms
                  loss-min-hold = 100ms
                  loss-max-hold = 1s
                }
              }
              producer.retry-min-backoff = 10ms
              committer {
                max-interval = 50ms
                idle-flush-delay = 20ms
              }
            }
          }
          """);

  private static final Config CLUSTER =
      ConfigFactory.parseString(
          """
          pekko {
            actor.provider = cluster
            remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            cluster {
              jmx.enabled = off
              gossip-interval = 200ms
              leader-actions-interval = 200ms
            }
            eventhubs.cluster-sharding {
              keep-alive-interval = 200ms
              minimum-hold = 200ms
              sharding.rebalance-interval = 300ms
            }
          }
          """);

  private static final int END_SECONDS = 20;

  private final int number;
  private final ActorSystem<Void> system;
  private final AuditedNode node;
  private final Work work;
  private final CompletableFuture<Done> killed = new CompletableFuture<>();
  private final Function<? super AuditedNode, ?> stream;
  private @Nullable Object materialized;

  /**
   * Starts the actor system, and no stream yet.
   *
   * @param number counts the nodes of a run, from 1
   * @param name of the actor system
   * @param own configuration of this run
   * @param stream starts the stream, and answers what it was materialized to
   */
  NodeRun(
      int number,
      String name,
      Config own,
      Work work,
      Function<? super AuditedNode, ?> stream,
      boolean clustered) {
    this.number = number;
    this.work = work;
    this.stream = stream;
    Config config = clustered ? own.withFallback(CLUSTER) : own;
    this.system =
        ActorSystem.create(
            Behaviors.ignore(),
            name,
            config.withFallback(DEFAULTS).withFallback(ConfigFactory.load()));
    this.node = new AuditedNode(number, system, work, killed, clustered);
  }

  int number() {
    return number;
  }

  ActorSystem<Void> system() {
    return system;
  }

  /** Starts the stream. */
  void start() {
    materialized = stream.apply(node);
  }

  /** Why the stream has ended by itself; empty while it runs. */
  Optional<Throwable> failure() {
    Optional<CompletionStage<?>> end = end();
    if (end.isEmpty()) {
      RunningStreams streams = RunningStreams.of(system);
      List<FailedConsumer> failures = streams.failures();
      return streams.consumers().isEmpty() && !failures.isEmpty()
          ? Optional.of(new IllegalStateException(failures.get(0).toString()))
          : Optional.empty();
    }
    CompletableFuture<?> future = end.get().toCompletableFuture();
    if (!future.isDone()) {
      return Optional.empty();
    }
    Throwable cause = future.handle((value, error) -> error).join();
    return Optional.of(
        cause == null ? new IllegalStateException("the stream has completed by itself") : cause);
  }

  /** The stage that ends with the stream; empty where it was materialized to nothing that tells. */
  private Optional<CompletionStage<?>> end() {
    Object value = materialized;
    if (value instanceof Pair<?, ?> pair) {
      value = pair.second() instanceof CompletionStage<?> ? pair.second() : pair.first();
    }
    if (value instanceof Consumer.DrainingControl<?> draining) {
      return Optional.of(draining.streamCompletion());
    }
    if (value instanceof SourceControl control) {
      return Optional.of(control.isShutdown());
    }
    return value instanceof CompletionStage<?> stage ? Optional.of(stage) : Optional.empty();
  }

  /** Drains the stream, as it is drained at the end of a process, and ends the node. */
  void stop() {
    if (materialized instanceof Consumer.DrainingControl<?> draining) {
      // Fails with what the stream has failed with, or since it has not ended in time.
      end(draining.drainAndShutdown().handle((value, error) -> Done.getInstance()));
    } else if (materialized instanceof SourceControl control) {
      end(control.stop());
    }
    end(
        CoordinatedShutdown.get(system)
            .runAll(CoordinatedShutdown.actorSystemTerminateReason())
            .handle((value, error) -> Done.getInstance()));
    terminate();
  }

  /** Ends the node as a crash does: what it does from now on counts for nothing. */
  void kill() {
    work.kill(number);
    killed.complete(Done.getInstance());
    terminate();
  }

  private void terminate() {
    system.terminate();
    end(system.getWhenTerminated());
  }

  private static void end(CompletionStage<?> stage) {
    try {
      stage.toCompletableFuture().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException slow) {
      // The node ends later. It does no harm: its claims are taken away, and its work is not
      // counted.
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The configuration that a run adds. */
  static Config config(AuditServices services, Duration handoverTimeout, Config user) {
    return user.withFallback(ConfigFactory.parseMap(services.addresses()))
        .withFallback(
            ConfigFactory.parseString(
                "pekko.eventhubs.consumer.handover-timeout = %dms"
                    .formatted(handoverTimeout.toMillis())));
  }
}
