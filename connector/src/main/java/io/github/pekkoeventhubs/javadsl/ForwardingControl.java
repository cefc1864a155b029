// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.SourceControl;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** Asks another control whatever it is asked. */
abstract class ForwardingControl implements SourceControl {

  private final SourceControl control;

  ForwardingControl(SourceControl control) {
    this.control = control;
  }

  @Override
  public CompletionStage<Done> stop() {
    return control.stop();
  }

  @Override
  public CompletionStage<Done> shutdown() {
    return control.shutdown();
  }

  @Override
  public <S> CompletionStage<S> drainAndShutdown(CompletionStage<S> completion) {
    return control.drainAndShutdown(completion);
  }

  @Override
  public CompletionStage<Done> isShutdown() {
    return control.isShutdown();
  }

  @Override
  public void pause() {
    control.pause();
  }

  @Override
  public void resume() {
    control.resume();
  }

  @Override
  public ConsumerStatus status() {
    return control.status();
  }

  @Override
  public void endsWith(CompletionStage<?> streamCompletion) {
    control.endsWith(streamCompletion);
  }

  @Override
  public SourceControl incarnation() {
    return control.incarnation();
  }

  @Override
  public Optional<RestartHold> restartHold() {
    return control.restartHold();
  }
}
