// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples.spring;

import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.HealthAnswer;
import io.github.pekkoeventhubs.StreamsHealth;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import io.github.pekkoeventhubs.micrometer.EventHubsMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * An application of Spring Boot whose stream starts and ends with it. On SIGTERM Spring stops the
 * stream first: it finishes the orders in hand, commits them and releases its partitions, and only
 * then the web server and the actor system end. Actuator shows the health of the stream and its
 * meters. A stream that fails ends the application, so that the platform starts it again.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class OrdersApplication {

  private static final Logger LOG = LoggerFactory.getLogger(OrdersApplication.class);

  /** Starts it; its services come from the environment, as {@code application.conf} shows. */
  public static void main(String[] arguments) {
    SpringApplication.run(OrdersApplication.class, arguments);
  }

  @Bean(destroyMethod = "close")
  RunningSystem actors() {
    return new RunningSystem(ActorSystem.create(Behaviors.empty(), "orders"));
  }

  @Bean(destroyMethod = "close")
  EventHubsMetrics eventHubsMetrics(MeterRegistry registry, RunningSystem actors) {
    return EventHubsMetrics.bind(registry, actors.system());
  }

  /** Its name in the groups of Actuator is "stream". */
  @Bean
  HealthIndicator streamHealthIndicator(RunningSystem actors) {
    return () -> health(StreamsHealth.of(actors.system()).ready());
  }

  /** Its name in the groups of Actuator is "streamProgress". */
  @Bean
  HealthIndicator streamProgressHealthIndicator(RunningSystem actors) {
    return () -> health(StreamsHealth.of(actors.system()).live());
  }

  private static Health health(HealthAnswer answer) {
    return (answer.isYes() ? Health.up() : Health.down())
        .withDetail("reasons", answer.reasons())
        .build();
  }

  /** The actor system, which ends when Spring says so. */
  record RunningSystem(ActorSystem<Void> system) implements AutoCloseable {
    @Override
    public void close() {
      CoordinatedShutdown.get(system)
          .runAll(CoordinatedShutdown.unknownReason())
          .toCompletableFuture()
          .join();
    }
  }

  /** The work of the application. */
  @Component
  static class Billing {
    CompletionStage<Done> bill(String order) {
      LOG.info("billed {}", order);
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }

  /** Spring starts it after the other beans, and stops it before the web server. */
  @Component
  static class OrderStream implements SmartLifecycle {

    private final ActorSystem<Void> system;
    private final Billing billing;
    private final ConfigurableApplicationContext application;
    private volatile @Nullable DrainingControl<Done> control;

    OrderStream(RunningSystem actors, Billing billing, ConfigurableApplicationContext application) {
      this.system = actors.system();
      this.billing = billing;
      this.application = application;
    }

    @Override
    public void start() {
      DrainingControl<Done> started =
          Consumer.committableSource(
                  ConsumerSettings.create(system)
                      .withPartitionStore(BlobPartitionStore.fromConfig(system)),
                  Subscriptions.balanced())
              .mapAsync(
                  8,
                  order ->
                      billing
                          .bill(order.event().getBodyAsString())
                          .thenApply(done -> order.committableOffset()))
              .toMat(
                  Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
              .run(system);
      control = started;
      started
          .streamCompletion()
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  LOG.error("The stream of orders has failed", failure);
                  // On a thread of its own: closing waits for this stream.
                  new Thread(() -> System.exit(SpringApplication.exit(application, () -> 1)))
                      .start();
                }
              });
    }

    @Override
    public void stop(Runnable stopped) {
      DrainingControl<Done> running = control;
      if (running == null) {
        stopped.run();
      } else {
        running
            .drainAndShutdown()
            .whenComplete(
                (done, failure) -> {
                  control = null;
                  stopped.run();
                });
      }
    }

    @Override
    public void stop() {
      stop(() -> {});
    }

    @Override
    public boolean isRunning() {
      return control != null;
    }
  }
}
