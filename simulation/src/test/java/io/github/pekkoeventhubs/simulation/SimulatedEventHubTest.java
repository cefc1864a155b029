// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedEventHubTest {

  private final World world = new World(1);
  private final HubState hub = new HubState();
  private final SimulatedPartition log = hub.add();
  private final SimulatedEventHub eventHub =
      new SimulatedEventHub(world, new SimulatedProcess(0, "node-0"), hub, null);
  private final List<Long> received = new ArrayList<>();

  private void append(int events) {
    for (int event = 0; event < events; event++) {
      log.append(Instant.EPOCH);
    }
  }

  private void receive(EventPosition from) {
    eventHub
        .receive("0", from, 10)
        .subscribe(event -> received.add(event.getData().getSequenceNumber()), error -> {});
  }

  private void run() {
    while (world.step(10_000_000_000L)) {
      world.check();
    }
  }

  @Test
  void aLinkBeginsAtTheFirstEventThatIsLeft() {
    append(5);
    log.trim(3);
    receive(EventPosition.earliest());
    run();

    assertThat(received).containsExactly(3L, 4L);
  }

  @Test
  void theEventHubThatAnswersSaysWhereALinkBegins() {
    append(5);
    log.trim(3);
    receive(EventPosition.earliest());
    hub.createAnew();
    append(2);
    run();

    assertThat(received).containsExactly(0L, 1L);
  }

  @Test
  void aLinkGoesOnAfterTheEventOfItsOffset() {
    append(5);
    receive(EventPosition.fromOffsetString("o2"));
    run();

    assertThat(received).containsExactly(3L, 4L);
  }

  @Test
  void anEventHubKnowsNoOffsetOfTheOneBefore() {
    append(5);
    receive(EventPosition.fromOffsetString("o2"));
    hub.createAnew();
    append(5);
    run();

    assertThat(received).isEmpty();
  }
}
