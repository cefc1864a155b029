// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** Controls a source that has nothing to emit, so that it is drained as soon as it is stopped. */
final class UnattachedControl implements Consumer.Control {

  private final CompletableFuture<Done> shutdown = new CompletableFuture<>();
  private final ConsumerStatus status;

  UnattachedControl(ConsumerStatus status) {
    this.status = status;
  }

  @Override
  public Optional<RestartHold> restartHold() {
    return Optional.of(new NothingToHold());
  }

  @Override
  public CompletionStage<Done> stop() {
    shutdown.complete(Done.getInstance());
    return isShutdown();
  }

  @Override
  public CompletionStage<Done> shutdown() {
    return stop();
  }

  @Override
  public <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
    return stop().thenCompose(stopped -> Draining.within(streamCompletion));
  }

  @Override
  public CompletionStage<Done> isShutdown() {
    return shutdown.minimalCompletionStage();
  }

  /** Changes nothing: nothing is emitted. */
  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public ConsumerStatus status() {
    return status;
  }
}
