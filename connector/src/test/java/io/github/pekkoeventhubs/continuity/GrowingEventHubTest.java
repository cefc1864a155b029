// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An event hub gets a partition while a stream reads it from its end. */
class GrowingEventHubTest extends ContinuityFixture {

  @Test
  void aNewPartitionIsReadFromItsBeginning() {
    send(5, SMALL);
    run(
        settings()
            .withInitialPosition(EventPosition.latest())
            .withPartitionRefreshInterval(Duration.ofSeconds(2)));
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() == 1);

    emulator.growEventHub(EVENT_HUB, 2);
    for (int i = 0; i < 3; i++) {
      emulator.send(EVENT_HUB, "1", new EventData("early"));
    }

    awaitRead(2);
    assertThat(read).containsExactlyElementsOf(numbers(0, 2));
  }
}
