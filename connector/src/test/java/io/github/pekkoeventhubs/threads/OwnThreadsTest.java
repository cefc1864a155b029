// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class OwnThreadsTest {

  /** An interrupt within the SDK closes the connection that it is working for. */
  @Test
  void aQuestionThatIsGivenUpIsNotInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch givenUp = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Disposable question =
        Mono.fromRunnable(
                () -> {
                  begun.countDown();
                  try {
                    givenUp.await();
                    interrupted.complete(Thread.interrupted());
                  } catch (InterruptedException e) {
                    interrupted.complete(true);
                  }
                })
            .subscribeOn(OwnThreads.reactorPool())
            .subscribe();

    assertThat(begun.await(10, SECONDS)).isTrue();
    question.dispose();
    givenUp.countDown();

    assertThat(interrupted.get(10, SECONDS)).isFalse();
  }
}
