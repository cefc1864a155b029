// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static io.github.pekkoeventhubs.tests.balanced.BalancedNode.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.OfficialProcessor;
import io.github.pekkoeventhubs.tests.nodes.Figures;
import java.time.Duration;
import java.util.Map;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/**
 * The cost of owning partitions without events, against an {@code EventProcessorClient}: both with
 * their default intervals, ten times as fast.
 */
class IdleCostTest extends MixedGroup {

  private static final int FASTER = 10;

  /** So often each claim is renewed while requests are counted. */
  private static final int RENEWALS = 5;

  /** Counts from one renewal to another one, so that it counts whole intervals. */
  private long requestsPerPartitionAndHour() {
    awaitRenewals(1);
    long before = requests();
    long begin = System.nanoTime();
    awaitRenewals(RENEWALS);
    double hours = (System.nanoTime() - begin) / (double) Duration.ofHours(1).toNanos();
    return Math.round((requests() - before) / (hours * FASTER * PARTITIONS));
  }

  private void awaitRenewals(int each) {
    long before = renewals();
    await().atMost(PATIENCE).until(() -> renewals() - before >= (long) each * PARTITIONS);
  }

  private long renewals() {
    return services.blobs().requests(BlobOperation.SET_METADATA);
  }

  private long requests() {
    return services.blobs().requests().values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void idlePartitionsCostLessThanWithAnEventProcessorClient() throws Exception {
    BalancedNode node = node();
    OwnershipSettings ownership = node.defaults().ownership();
    BalancedSettings balanced = node.defaults().balanced();
    Consumer.DrainingControl<Done> ours =
        node.consume(
            processed,
            node.settings()
                .withHandoverTimeout(Duration.ofMillis(250))
                .withPartitionRefreshInterval(Duration.ofMinutes(1))
                .withOwnership(
                    new OwnershipSettings(
                        ownership.renewalInterval().dividedBy(FASTER),
                        ownership.renewalRetryInterval().dividedBy(FASTER),
                        ownership.validity().dividedBy(FASTER),
                        ownership.expiry().dividedBy(FASTER),
                        ownership.claimRetryInterval(),
                        ownership.lossMinHold(),
                        ownership.lossMaxHold()))
                .withBalanced(
                    new BalancedSettings(
                        balanced.balancingInterval().dividedBy(FASTER),
                        balanced.unsettledInterval().dividedBy(FASTER),
                        balanced.handOverDeadline().dividedBy(FASTER),
                        balanced.mixedRenewalInterval().dividedBy(FASTER))));
    await().atMost(PATIENCE).until(() -> running(ours).size() == PARTITIONS);
    awaitCalm();
    long oursPerHour = requestsPerPartitionAndHour();
    drain(ours);

    OfficialProcessor processor =
        processor(
            EventProcessorClientBuilder.DEFAULT_LOAD_BALANCING_UPDATE_INTERVAL.dividedBy(FASTER),
            LoadBalancingStrategy.GREEDY);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                GroupHistory.loads(services)
                    .equals(Map.of(processor.ownerId(), (long) PARTITIONS)));
    awaitCalm();
    long theirsPerHour = requestsPerPartitionAndHour();

    Figures.print("balanced.idle-requests-per-partition-hour", oursPerHour);
    Figures.print("processor.idle-requests-per-partition-hour", theirsPerHour);
    assertThat(oursPerHour).isLessThan(theirsPerHour);
  }
}
