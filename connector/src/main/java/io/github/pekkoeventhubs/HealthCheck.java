// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a probe, and logs why the answer has become no, and that it is yes again. */
abstract class HealthCheck implements Supplier<CompletionStage<Boolean>> {

  private static final Logger LOG = LoggerFactory.getLogger("io.github.pekkoeventhubs.Health");

  private final String question;
  private final Supplier<HealthAnswer> answers;

  /** The first no is news, a first yes is not. */
  private final AtomicReference<Boolean> last = new AtomicReference<>(true);

  /**
   * @param question the beginning of a log line, such as "not ready"
   */
  HealthCheck(String question, Supplier<HealthAnswer> answers) {
    this.question = question;
    this.answers = answers;
  }

  /** Completes at once, and does not fail. */
  @Override
  public final CompletionStage<Boolean> get() {
    HealthAnswer answer = answers.get();
    boolean before = Boolean.TRUE.equals(last.getAndSet(answer.isYes()));
    if (before && !answer.isYes()) {
      LOG.warn("{}: {}", question, String.join("; ", answer.reasons()));
    } else if (!before && answer.isYes()) {
      LOG.info("no longer {}", question);
    }
    return CompletableFuture.completedFuture(answer.isYes());
  }
}
