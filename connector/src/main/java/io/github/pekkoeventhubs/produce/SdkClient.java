// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * A client of the SDK's, with its end. Thread-safe.
 *
 * <p>Closing a client may block until the service has answered or a time-out is over, so that it is
 * done on a thread of the connector's own.
 */
final class SdkClient {

  private static final KeyedLog LOG = KeyedLog.of(SdkClient.class);

  /** The SDK has written by then what was on its way to a socket, and nothing follows it. */
  private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(2);

  private final EventHubProducerAsyncClient client;
  private @Nullable CompletableFuture<Done> closing;

  SdkClient(EventHubProducerAsyncClient client) {
    this.client = client;
  }

  EventHubProducerAsyncClient client() {
    return client;
  }

  LogKeys keys() {
    return LogKeys.ofEventHub(client.getFullyQualifiedNamespace(), client.getEventHubName());
  }

  /** Closes it, if that has not begun, and does not wait for it. */
  void close() {
    closing();
  }

  /**
   * Closes it, and completes when it is closed, or after two seconds: from the first moment on the
   * SDK writes nothing more, and a connection that nobody answers on takes long to close.
   */
  CompletionStage<Done> closeSoon(ActorSystem system) {
    // The other stage belongs to all who wait for it.
    CompletableFuture<Done> mine = closing().thenApply(done -> done);
    return new Deadline(CLOSING_PATIENCE, system)
        .around(mine)
        .exceptionally(
            failure -> {
              if (failure instanceof TimeoutException) {
                LOG.debug(keys(), "a connection that was given up is not closed yet; going on");
              }
              return Done.getInstance();
            });
  }

  private synchronized CompletableFuture<Done> closing() {
    CompletableFuture<Done> current = closing;
    if (current == null) {
      CompletableFuture<Done> started = new CompletableFuture<>();
      OwnThreads.pool().execute(() -> close(started));
      closing = started;
      current = started;
    }
    return current;
  }

  private void close(CompletableFuture<Done> closed) {
    try {
      client.close();
      closed.complete(Done.getInstance());
    } catch (RuntimeException e) {
      LOG.debug(keys(), "a client could not be closed", e);
      closed.complete(Done.getInstance());
    }
  }
}
