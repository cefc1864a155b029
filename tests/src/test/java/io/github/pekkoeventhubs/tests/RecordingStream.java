// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/** The stream that most tests look at: it records each event, and commits it. */
public final class RecordingStream {

  private RecordingStream() {}

  /**
   * Runs it.
   *
   * @param processed gets {@code <partition>/<body>} of each event
   */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Subscription subscription,
      Queue<String> processed) {
    return Consumer.committableSource(settings, subscription)
        .mapAsync(
            8,
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return CompletableFuture.completedFuture(event.committableOffset());
            })
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  /** How many partitions a stream reads from. */
  public static long running(Consumer.Control control) {
    return control.status().partitions().values().stream()
        .filter(status -> status.state() == OwnerState.RUNNING)
        .count();
  }
}
