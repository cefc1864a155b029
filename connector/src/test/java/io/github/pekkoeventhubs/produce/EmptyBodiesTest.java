// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmptyBodiesTest {

  private final List<String> lines = new ArrayList<>();
  private final EmptyBodies bodies = new EmptyBodies(lines::add);

  @Test
  void aReceivedEventWithoutABodyIsCountedAndSaidLessAndLessOften() {
    for (int i = 0; i < 25; i++) {
      bodies.check(new EventData(new byte[0]), Route.roundRobin());
    }

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .contains("without a body", ", 1 until now", "AMQP values or sequences");
    assertThat(lines.get(1)).contains(", 10 until now");
  }

  @Test
  void anEventWithABodyIsNoNews() {
    bodies.check(new EventData("body"), Route.roundRobin());

    assertThat(lines).isEmpty();
  }
}
