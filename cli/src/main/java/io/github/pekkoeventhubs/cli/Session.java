// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConnectionSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.cli.ConnectionOptions.Access;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
  private @Nullable CommandCredential credential;
  private boolean containerExists;

  Session(ConnectionOptions options, Terminal terminal, SecretFilter secrets) {
    this.options = options;
    this.terminal = terminal;
    this.secrets = secrets;
  }

  ActorSystem<Void> system() {
    return system;
  }

  private Access eventHubs() {
    Access access = options.eventHubs(terminal.environment());
    secrets.learn(access.value());
    return access;
  }

  private <S extends ConnectionSettings<S>> S connected(S settings, Access access) {
    if (access.isConnectionString()) {
      return settings.withConnectionString(access.value());
    }
    CommandCredential tokens = credential();
    tokens.prepare(CommandCredential.EVENT_HUBS);
    return settings.withCredential(access.value(), tokens);
  }

  /** One for both services, so that the command is run once for each. */
  private CommandCredential credential() {
    CommandCredential current = credential;
    if (current == null) {
      current =
          new CommandCredential(
              options.tokenCommand(terminal.environment()), secrets, terminal.clock());
      credential = current;
    }
    return current;
  }

  /** Settings that name the hub, or leave it to the connection string. */
  ConsumerSettings consumerSettings(@Nullable String eventHub, String consumerGroup) {
    ConsumerSettings settings =
        connected(ConsumerSettings.create(system), eventHubs())
            .withConsumerGroup(consumerGroup)
            .withInitialPosition(EventPosition.latest());
    ConsumerSettings expiring =
        options
            .expiry(terminal.environment())
            .map(expiry -> settings.withOwnership(expiringAfter(expiry, settings.ownership())))
            .orElse(settings);
    return eventHub == null ? expiring : expiring.withEventHubName(eventHub);
  }

  /**
   * Times of claims that fit the expiry. The commands renew no claim, so that the expiry alone is
   * of use to them.
   */
  private static OwnershipSettings expiringAfter(Duration expiry, OwnershipSettings others) {
    return new OwnershipSettings(
        expiry.dividedBy(4),
        expiry.dividedBy(8),
        expiry.dividedBy(2),
        expiry,
        others.claimRetryInterval(),
        others.lossMinHold(),
        others.lossMaxHold());
  }

  /**
   * An event hub to send to, which has answered.
   *
   * @param properties its answer
   */
  record Target(ProducerSettings settings, String namespace, EventHubProperties properties) {}

  /** Asks the event hub: one that cannot be reached is said at once. */
  Target target(String eventHub, @Nullable String otherConnectionString) {
    if (otherConnectionString != null) {
      secrets.learn(otherConnectionString);
    }
    Access access =
        otherConnectionString == null ? eventHubs() : new Access(true, otherConnectionString);
    // A producer goes on trying for minutes, which nobody at a terminal waits for.
    EventHubsMetadata metadata =
        metadata(connected(ConsumerSettings.create(system), access).withEventHubName(eventHub));
    return new Target(
        connected(ProducerSettings.create(system), access).withEventHubName(eventHub),
        metadata.partition("0").namespace(),
        await(metadata.eventHubProperties()));
  }

  EventHubsMetadata metadata(ConsumerSettings settings) {
    EventHubsMetadata metadata = EventHubsMetadata.create(settings, system);
    opened.add(metadata);
    return metadata;
  }

  /** Whether anything is said of the storage account. */
  boolean hasStorage() {
    return options.hasStorage(terminal.environment());
  }

  Storage storage() {
    Storage current = storage;
    if (current == null) {
      Access access = options.storage(terminal.environment());
      secrets.learn(access.value());
      current =
          Storage.open(
              access.value(),
              access.isConnectionString() ? null : credential(),
              options.container(terminal.environment()));
      if (!access.isConnectionString()) {
        credential().prepare(CommandCredential.STORAGE);
      }
      storage = current;
    }
    return current;
  }

  /** Asks until it does: a container that does not exist may be created meanwhile. */
  boolean containerExists() {
    if (!containerExists) {
      containerExists = storage().exists();
    }
    return containerExists;
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

  /** The text without secrets. */
  String clean(String text) {
    return secrets.clean(text);
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
