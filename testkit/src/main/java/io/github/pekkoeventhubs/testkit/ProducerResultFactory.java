// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * Makes results as the flows of {@code Producer} emit them, for tests of streams without any
 * service.
 */
public final class ProducerResultFactory {

  private ProducerResultFactory() {}

  /** The results of an envelope, as if the service had stored all its events. */
  public static <P> Results<P> results(Envelope<P> envelope) {
    return new Results<>(envelope.events(), envelope.passThrough());
  }

  /** The results of {@link ProducerMessage#single(EventData, Route, Object)}. */
  public static <P> Results<P> single(EventData event, Route route, P passThrough) {
    return results(ProducerMessage.single(event, route, passThrough));
  }

  /** The results of {@link ProducerMessage#multi}. */
  public static <P> Results<P> multi(List<Routed> events, P passThrough) {
    return results(ProducerMessage.multi(events, passThrough));
  }

  /** The results of {@link ProducerMessage#passThrough}. */
  public static <P> Results<P> passThrough(P passThrough) {
    return results(ProducerMessage.passThrough(passThrough));
  }

  /** A flow to use instead of {@code Producer.flexiFlow}: every event counts as stored at once. */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow() {
    return flow(ProducerResultFactory::results);
  }

  /**
   * A flow to use instead of {@code Producer.flexiFlow}, with results of your choice: keep the
   * envelopes to see what was sent, and throw to fail the stream.
   */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow(
      Function<? super Envelope<P>, Results<P>> send) {
    return Flow.<Envelope<P>>create().map(send::apply);
  }
}
