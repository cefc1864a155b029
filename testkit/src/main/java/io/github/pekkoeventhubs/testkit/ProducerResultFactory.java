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

/** Makes what the flows of {@code Producer} emit, for tests of streams without any service. */
public final class ProducerResultFactory {

  private ProducerResultFactory() {}

  /** The results of an envelope all of whose events were taken in. */
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

  /** In the place of {@code Producer.flexiFlow}: everything is taken in at once. */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow() {
    return flow(ProducerResultFactory::results);
  }

  /**
   * In the place of {@code Producer.flexiFlow}, with results of your choice: keep the envelopes to
   * see what was sent, and throw to fail the stream.
   */
  public static <P> Flow<Envelope<P>, Results<P>, NotUsed> flow(
      Function<? super Envelope<P>, Results<P>> send) {
    return Flow.<Envelope<P>>create().map(send::apply);
  }
}
