// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static io.github.pekkoeventhubs.tests.balanced.BalancedNode.running;
import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.changesOfOwner;
import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.loads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.OfficialProcessor;
import java.util.Map;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** Our streams and the SDK's {@code EventProcessorClient} in one consumer group. */
class OfficialProcessorNeighbourTest extends MixedGroup {

  @Test
  void aProcessorThatComesToUsGetsItsShareAndWeGoOnFromItsCheckpointsWhenItHasLeft()
      throws Exception {
    Consumer.DrainingControl<Done> ours = node().consume(processed);
    sendAndAwaitOnce(100);
    assertThat(running(ours)).hasSize(PARTITIONS);

    OfficialProcessor processor = processor();
    send(100);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(loads(services)).containsEntry(processor.ownerId(), 4L));
    await().atMost(PATIENCE).until(() -> running(ours).size() == 4);
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    // Hardly any partition has changed its owner except those that it took.
    assertThat(changesOfOwner(services)).isBetween(PARTITIONS + 4, PARTITIONS + 6);

    processor.close();
    await().atMost(PATIENCE).until(() -> running(ours).size() == PARTITIONS);
    sendAndAwaitOnce(100);
    drain(ours);
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void whenWeComeToAProcessorWeGetOurShareAndItGoesOnFromOurCheckpointsWhenWeHaveLeft()
      throws Exception {
    OfficialProcessor processor = processor();
    await()
        .atMost(PATIENCE)
        .until(() -> loads(services).equals(Map.of(processor.ownerId(), (long) PARTITIONS)));
    sendAndAwait(100);

    Consumer.DrainingControl<Done> first = node().consume(processed);
    Consumer.DrainingControl<Done> second = node().consume(processed);
    send(100);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(loads(services).values()).containsExactlyInAnyOrder(3L, 3L, 2L));
    await().atMost(PATIENCE).until(() -> running(first).size() + running(second).size() >= 5);
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    assertThat(changesOfOwner(services)).as("moves").isLessThanOrEqualTo(PARTITIONS + 12);

    drain(first);
    drain(second);
    await()
        .atMost(PATIENCE)
        .until(() -> loads(services).equals(Map.of(processor.ownerId(), (long) PARTITIONS)));
    sendAndAwaitOnce(100);
  }
}
