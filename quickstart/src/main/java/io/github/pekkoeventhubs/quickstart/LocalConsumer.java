// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.samples.OrderStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/** One stream in this process, on a cluster of one node. */
final class LocalConsumer implements Consumers {

  private static final Duration ENDING = Duration.ofSeconds(30);

  private final ActorSystem<?> system;
  private final Ledger ledger;
  private final MetricsEndpoint metrics;
  private final Consumer.DrainingControl<Done> control;

  LocalConsumer(Connections connections, Ledger ledger) {
    this.ledger = ledger;
    this.system = QuickstartSystem.start(connections.toConfiguration());
    QuickstartSystem.join(system, QuickstartSystem.address(system));
    this.metrics = new MetricsEndpoint(system);
    this.control = OrderStream.run(system, this::bill);
  }

  /** Stands for a call to somebody who answers later. */
  private CompletionStage<Done> bill(CommittableEvent event) {
    return CompletableFuture.supplyAsync(
        () -> {
          Order.of(event).ifPresent(ledger::processed);
          return Done.getInstance();
        });
  }

  @Override
  public Map<String, ReportedPartition> partitions() {
    if (control.streamCompletion().toCompletableFuture().isDone()) {
      control.streamCompletion().toCompletableFuture().join();
    }
    return ReportedPartition.of(control.status());
  }

  @Override
  public String nameOf(String ownerId) {
    return "this process";
  }

  @Override
  public Map<String, Integer> metricsPorts() {
    return Map.of("this process", metrics.port());
  }

  @Override
  public void drain() {
    control
        .drainAndShutdown()
        .toCompletableFuture()
        .orTimeout(ENDING.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  @Override
  public void close() {
    metrics.close();
    system.terminate();
    system
        .getWhenTerminated()
        .toCompletableFuture()
        .orTimeout(ENDING.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
