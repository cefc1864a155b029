// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class FatalErrorsTest {

  private final BlockingQueue<Throwable> heard = new LinkedBlockingQueue<>();
  private final Runnable leave = FatalErrors.listen(heard::add);
  private final Scheduler io = Schedulers.newSingle("reactor-executor");
  private final Scheduler other = Schedulers.newSingle("somebody-else");

  @AfterEach
  void stop() {
    leave.run();
    io.dispose();
    other.dispose();
  }

  private static void fail(Scheduler scheduler, Throwable error) {
    scheduler.schedule(
        () -> {
          if (error instanceof Error fatal) {
            throw fatal;
          }
          throw (RuntimeException) error;
        });
  }

  @Test
  void anErrorThatEndsTheWorkOfAnIoThreadOfTheSdkIsTold() throws Exception {
    Error error = new OutOfMemoryError("as a test says");

    fail(io, error);

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isSameAs(error);
  }

  /** Without a word of it the stream would wait for what was to follow. */
  @ParameterizedTest
  @ValueSource(strings = {"pool", "timer", "later", "Reactor pool", "Reactor timer"})
  void anErrorOnAThreadOfTheConnectorIsTold(String kind) throws Exception {
    Error error = new StackOverflowError("as a test says");
    Runnable task =
        () -> {
          throw error;
        };

    switch (kind) {
      case "pool" -> OwnThreads.pool().execute(task);
      case "timer" -> OwnThreads.soon(Duration.ZERO, task);
      case "later" -> OwnThreads.later(Duration.ZERO, task);
      case "Reactor pool" -> OwnThreads.reactorPool().schedule(task);
      default -> OwnThreads.reactorTimer().schedule(task);
    }

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isSameAs(error);
    assertThat(heard).isEmpty();
  }

  @Test
  void anExceptionOnAThreadOfTheConnectorIsNot() throws Exception {
    Error last = new OutOfMemoryError("as a test says");
    OwnThreads.soon(
        Duration.ZERO,
        () -> {
          throw new IllegalStateException("an exception");
        });
    OwnThreads.soon(
        Duration.ZERO,
        () -> {
          throw last;
        });

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isSameAs(last);
    assertThat(heard).isEmpty();
  }

  @Test
  void exceptionsAndErrorsOfOtherThreadsAreNot() throws Exception {
    Error last = new OutOfMemoryError("as a test says");
    fail(other, new OutOfMemoryError("of another library"));
    fail(io, new IllegalStateException("an exception"));
    fail(io, last);

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isSameAs(last);
    assertThat(heard).isEmpty();
  }
}
