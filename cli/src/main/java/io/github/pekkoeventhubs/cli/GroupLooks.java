// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.storage.blob.models.BlobStorageException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.cli.Results.NotWrittenException;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a consumer group, again and again. A container that is missing is looked for each time,
 * since it may be created meanwhile. For one thread.
 */
final class GroupLooks {

  /** The answers with which the storage account refuses a key, a token or a name for good. */
  private static final Set<Integer> REFUSALS = Set.of(400, 401, 403);

  /** One look. */
  interface Look {
    void at(EventHubsMetadata metadata, ConsumerSettings settings);
  }

  private final Session session;
  private final ConsumerSettings group;
  private ConsumerSettings settings;
  private @Nullable EventHubsMetadata metadata;
  private boolean containerFound;

  /** Asks nothing yet. */
  GroupLooks(Session session, @Nullable String hub, String group) {
    this.session = session;
    this.group = session.consumerSettings(hub, group);
    this.settings = this.group;
  }

  /** Looks once. */
  void once(Look look) {
    look.at(metadata(), settings);
  }

  /**
   * Looks once more. Trouble that may pass is told, since the next look may be well: a command that
   * shows how things are is of use above all while something is wrong.
   *
   * @throws InterruptedException if the command was interrupted meanwhile
   */
  void oneOfMany(Look look) throws InterruptedException {
    try {
      once(look);
    } catch (RuntimeException failure) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!mayPass(failure)) {
        throw failure;
      }
      session.warn(
          session.terminal().clock().instant().truncatedTo(ChronoUnit.SECONDS)
              + "  "
              + Failures.message(failure));
    }
  }

  private EventHubsMetadata metadata() {
    EventHubsMetadata known = metadata;
    if (known != null && (containerFound || !session.containerExists())) {
      return known;
    }
    settings = group.withPartitionStore(session.partitionStore());
    containerFound = session.containerExists();
    EventHubsMetadata opened = session.metadata(settings);
    metadata = opened;
    return opened;
  }

  private static boolean mayPass(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UsageException
          || cause instanceof NotWrittenException
          || (cause instanceof BlobStorageException refused
              && REFUSALS.contains(refused.getStatusCode()))) {
        return false;
      }
    }
    return EventHubsException.mayHelpToRestart(failure);
  }
}
