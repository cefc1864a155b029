// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A stream that reads events. It goes on trying where a partition cannot be read, so that whoever
 * waits for its end has to be told why it does not come.
 */
final class Reading {

  private static final long LOOK_MILLIS = 500;

  /** Is told of each failure that a partition has met and has not overcome, once. */
  interface Trouble {
    void of(String partition, String failure);
  }

  private Reading() {}

  /**
   * Waits for the end, and returns the result of the stream.
   *
   * @param look is called again and again meanwhile
   */
  static <T> T await(
      Consumer.Control control, CompletionStage<T> end, Trouble trouble, Runnable look) {
    Map<String, String> told = new HashMap<>();
    while (true) {
      try {
        return end.toCompletableFuture().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        look.run();
        for (PartitionStatus partition : control.status().partitions().values()) {
          String id = partition.partition().partitionId();
          String failure = partition.lastError().orElse("");
          if (!failure.isEmpty() && !failure.equals(told.put(id, failure))) {
            trouble.of(id, failure);
          }
        }
      } catch (ExecutionException failed) {
        throw new CompletionException(failed.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CompletionException(e);
      }
    }
  }
}
