// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads input on a thread that nobody waits for: the user may type nothing more, and another
 * program may keep its end of a pipe open. Neither the actor system nor the process stays for it.
 */
final class InputThread implements AutoCloseable {

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          reading -> {
            Thread created = new Thread(reading, "eventhubs-input");
            created.setDaemon(true);
            return created;
          });

  /** Returns the result of the reading, or its failure. Readings wait for each other. */
  <T> CompletionStage<T> read(Callable<T> reading) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(reading.call());
          } catch (Exception | Error e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Ends the thread when it has read what it is reading, and does not wait for that. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
