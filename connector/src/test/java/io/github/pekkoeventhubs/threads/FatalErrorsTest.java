// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
