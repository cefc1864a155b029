// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events that the service has confirmed, from the first one on and without a gap.
 * Thread-safe.
 *
 * @param <P> tells where an event comes from
 */
final class SentEvents<P> {

  private long count;
  private @Nullable P last;

  /** Sends one event for each element, and counts it. */
  Sink<Envelope<P>, CompletionStage<Done>> sink(ProducerSettings settings) {
    return Producer.<P>flexiFlow(settings)
        .toMat(Sink.foreach(results -> confirmed(results.passThrough())), Keep.right());
  }

  private synchronized void confirmed(P origin) {
    count++;
    last = origin;
  }

  synchronized long count() {
    return count;
  }

  /** Where the last of them comes from. */
  synchronized Optional<P> last() {
    return Optional.ofNullable(last);
  }

  /** How many were sent, in words. */
  String line() {
    long events = count();
    return "sent " + events + (events == 1 ? " event" : " events");
  }
}
