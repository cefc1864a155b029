// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** The services of one command: opened when they are first asked, closed with the command. */
final class Session implements AutoCloseable {

  private static final Duration CLOSING = Duration.ofSeconds(20);

  private final ConnectionOptions options;
  private final Terminal terminal;
  private final SecretFilter secrets;
  private final ActorSystem<Void> system =
      ActorSystem.create(Behaviors.empty(), "eventhubs-command");
  private final List<EventHubsMetadata> opened = Collections.synchronizedList(new ArrayList<>());
  private @Nullable Storage storage;
  private @Nullable Boolean containerExists;

  Session(ConnectionOptions options, Terminal terminal, SecretFilter secrets) {
    this.options = options;
    this.terminal = terminal;
    this.secrets = secrets;
  }

  ActorSystem<Void> system() {
    return system;
  }

  private String connectionString() {
    String text = options.connectionString(terminal.environment());
    secrets.learn(text);
    return text;
  }

  /** Settings that name the hub, or leave it to the connection string. */
  ConsumerSettings consumerSettings(@Nullable String eventHub, String consumerGroup) {
    ConsumerSettings settings =
        ConsumerSettings.create(system)
            .withConnectionString(connectionString())
            .withConsumerGroup(consumerGroup)
            .withInitialPosition(EventPosition.latest());
    return eventHub == null ? settings : settings.withEventHubName(eventHub);
  }

  ProducerSettings producerSettings(String eventHub, @Nullable String otherConnectionString) {
    if (otherConnectionString != null) {
      secrets.learn(otherConnectionString);
    }
    return ProducerSettings.create(system)
        .withConnectionString(
            otherConnectionString == null ? connectionString() : otherConnectionString)
        .withEventHubName(eventHub);
  }

  EventHubsMetadata metadata(ConsumerSettings settings) {
    EventHubsMetadata metadata = EventHubsMetadata.create(settings, system);
    opened.add(metadata);
    return metadata;
  }

  Storage storage() {
    Storage current = storage;
    if (current == null) {
      String text = options.storageConnectionString(terminal.environment());
      secrets.learn(text);
      current = Storage.open(text, options.container(terminal.environment()));
      storage = current;
    }
    return current;
  }

  boolean containerExists() {
    Boolean known = containerExists;
    if (known == null) {
      known = storage().exists();
      containerExists = known;
    }
    return known;
  }

  /** Returns the partition store; an empty one, with a message, if the container does not exist. */
  PartitionStore partitionStore() {
    if (containerExists()) {
      return storage().partitionStore();
    }
    warn(
        "container '"
            + storage().container()
            + "' does not exist: nobody has stored a checkpoint there");
    return new NothingStored(storage().container());
  }

  void createContainer() {
    if (storage().create()) {
      warn("container '" + storage().container() + "' was created");
    }
    containerExists = true;
  }

  void warn(String message) {
    terminal.err().println("eventhubs: " + secrets.clean(message));
  }

  Terminal terminal() {
    return terminal;
  }

  /** Waits for an answer; every question has a time-out of its own. */
  static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  /** The entity path of the connection string, if there is one. */
  Optional<String> entityPath() {
    for (String part : connectionString().split(";", -1)) {
      if (part.trim().startsWith("EntityPath=")) {
        return Optional.of(part.trim().substring("EntityPath=".length()));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    opened.forEach(EventHubsMetadata::close);
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      warn("the command did not end cleanly within " + CLOSING.toSeconds() + " s");
    }
  }
}
