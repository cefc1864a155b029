// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** The events that one subscription of an official client has received, and its end. */
public final class Receiving {
  private final List<PartitionEvent> events = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
  private final Disposable subscription;

  public Receiving(Flux<PartitionEvent> flux) {
    subscription =
        flux.subscribe(
            events::add,
            error -> end.complete(Optional.of(error)),
            () -> end.complete(Optional.empty()));
  }

  public List<PartitionEvent> events() {
    return events;
  }

  public List<String> bodies() {
    return JavaClients.bodies(events);
  }

  public Receiving awaitBodies(String... bodies) {
    Awaitility.await()
        .atMost(JavaClients.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(bodies()).containsExactly(bodies));
    return this;
  }

  public Receiving awaitCount(int count) {
    Awaitility.await()
        .atMost(JavaClients.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> events.size() >= count);
    return this;
  }

  public boolean hasEnded() {
    return end.isDone();
  }

  /** Waits until the client reports that there is nothing more to come. */
  public void awaitCompletion() {
    assertThat(awaitEnd()).isEmpty();
  }

  /** Waits until the client reports an error. */
  public AmqpException awaitError() {
    Optional<Throwable> error = awaitEnd();
    assertThat(error).containsInstanceOf(AmqpException.class);
    return (AmqpException) error.orElseThrow();
  }

  public void cancel() {
    subscription.dispose();
  }

  private Optional<Throwable> awaitEnd() {
    return end.orTimeout(JavaClients.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }
}
