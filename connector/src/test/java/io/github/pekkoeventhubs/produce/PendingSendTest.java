// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

class PendingSendTest {

  private final List<Runnable> callbacks = new ArrayList<>();
  private final PendingSend send =
      new PendingSend(
          List.of(new Routed(new EventData("a"), Route.roundRobin())),
          Optional.empty(),
          callbacks::add);

  /** The stream ends with its last event, and threads of a dispatcher overtake each other. */
  @Test
  void whatWasStoredStaysStoredWhenTheProducerIsClosedAtThatMoment() {
    send.events().forEach(OutgoingEvent::acknowledge);
    send.end(new ProduceException("closed"));

    Collections.reverse(callbacks);
    callbacks.forEach(Runnable::run);

    assertThat(send.answer()).isCompletedWithValue(Done.getInstance());
  }
}
