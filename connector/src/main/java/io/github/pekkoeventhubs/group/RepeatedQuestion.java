// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.GrowingDelay;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * The question which partitions there are. It is asked again until it is answered: after a second
 * at first, then less and less often, up to every 30 s. For one thread.
 */
final class RepeatedQuestion {

  /** The partitions are not known yet. */
  static final String NOTHING_IS_READ = "nothing is read until then";

  private static final GrowingDelay DELAYS =
      new GrowingDelay(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.25);

  /** From then on the log says for how long the answer has been waited for. */
  private static final Duration LONG = Duration.ofSeconds(10);

  private final LongSupplier nanoTime;
  private final DoubleSupplier random;
  private int failures;
  private long firstFailureAt;

  /**
   * When to ask again, and the line for the log.
   *
   * @param line says what has failed, for how long it is waited for, and when it is asked again
   */
  record Again(Duration delay, String line) {}

  RepeatedQuestion() {
    this(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
  }

  RepeatedQuestion(LongSupplier nanoTime, DoubleSupplier random) {
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /** The question was answered. */
  void answered() {
    failures = 0;
  }

  /**
   * The question has failed. The stream that has asked fails, too, unless the reason may pass.
   *
   * @param meanwhile what happens as long as there is no answer, in words
   * @param log the logger of the actor
   * @param askAgain called with the delay after which to ask again
   */
  void refused(
      StreamOfGroup asked,
      Throwable error,
      String meanwhile,
      Logger log,
      Consumer<Duration> askAgain) {
    if (error instanceof EventHubsException known && known.isTransient()) {
      Again again = failed(known.reason(), meanwhile);
      KeyedLog.of(log).warn(GroupStreams.keysOf(asked), "[{}] {}", asked.id(), again.line());
      askAgain.accept(again.delay());
    } else {
      asked.fail(
          error instanceof EventHubsException
              ? error
              : new EventHubsException("the partitions could not be found out", error));
    }
  }

  /** The question has failed for a reason that may pass, in words. */
  Again failed(String reason, String meanwhile) {
    long now = nanoTime.getAsLong();
    if (failures == 0) {
      firstFailureAt = now;
    }
    Duration waited = Duration.ofNanos(now - firstFailureAt);
    Duration delay = DELAYS.before(failures, random.getAsDouble());
    failures++;
    String line =
        waited.compareTo(LONG) < 0
            ? reason
            : "waiting for an answer for "
                + waited.toSeconds()
                + " s, "
                + meanwhile
                + "; "
                + failures
                + " attempts have failed, the last one with: "
                + reason;
    return new Again(delay, line + "; asking again in " + delay.toMillis() + " ms");
  }
}
