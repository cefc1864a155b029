// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlushPolicyTest {

  private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

  private final FlushPolicy policy =
      new FlushPolicy(
          CommitterSettings.create(
                  ConfigFactory.defaultReference().getConfig(CommitterSettings.CONFIG_PATH))
              .withMaxBatch(3)
              .withMaxUnwritten(6));

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0");
  private long now;
  private PartitionCommits commits = newCommits();

  private PartitionCommits newCommits() {
    return new PartitionCommits(epoch, null, () -> now, policy.maxUnwritten());
  }

  private void acknowledge(int events) {
    for (int i = 0; i < events; i++) {
      commits.observe(epoch.offset(i), 1);
    }
  }

  private void write(long nanos) {
    commits.flushStarted();
    now += nanos;
    commits.flushEnded();
  }

  private long wait(PartitionCommits partition) {
    return policy.nanosUntilFlush(partition, now);
  }

  @Test
  void nothingAcknowledgedIsNeverDue() {
    assertThat(wait(commits)).isEqualTo(FlushPolicy.NEVER);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000_000, Long.MIN_VALUE})
  void theIntervalCountsFromTheFirstEventAtWhateverTimeTheClockStands(long start) {
    now = start;
    commits = newCommits();
    acknowledge(1);
    now += INTERVAL / 5;
    acknowledge(1);

    assertThat(wait(commits)).isEqualTo(INTERVAL / 5 * 4);
    now += INTERVAL;
    assertThat(wait(commits)).isZero();
  }

  @Test
  void aFullBatchIsDueAtOnce() {
    acknowledge(3);

    assertThat(wait(commits)).isZero();
  }

  @Test
  void aPauseAsLongAsTheWriteFollowsIt() {
    acknowledge(3);
    write(INTERVAL / 2);
    acknowledge(3);

    assertThat(wait(commits)).isEqualTo(INTERVAL / 2);
  }

  @Test
  void aPauseIsNeverLongerThanTheInterval() {
    acknowledge(3);
    write(INTERVAL * 10);
    acknowledge(3);

    assertThat(wait(commits)).isEqualTo(INTERVAL);
  }

  @Test
  void theRateRecoversWithTheStore() {
    acknowledge(3);
    write(INTERVAL);
    now += INTERVAL;
    acknowledge(3);
    write(1000);
    acknowledge(3);

    assertThat(wait(commits)).isEqualTo(1000);
  }

  @Test
  void anIdlePartitionWaitsForTheEndOfThePauseOnly() {
    acknowledge(1);
    write(1000);
    acknowledge(1);
    commits.requestFlush();

    assertThat(wait(commits)).isEqualTo(1000);
  }

  @Test
  void aFullOrDrainingPartitionDoesNotPause() {
    acknowledge(3);
    write(INTERVAL);
    acknowledge(6);
    assertThat(policy.isFull(commits)).isTrue();
    assertThat(wait(commits)).isZero();
    write(INTERVAL);
    acknowledge(1);
    commits.startDraining();

    assertThat(wait(commits)).isZero();
  }

  @Test
  void aFailedWriteIsRepeatedAfterTheInterval() {
    acknowledge(3);
    commits.flushStarted();
    commits.flushFailed();

    assertThat(wait(commits)).isEqualTo(INTERVAL);
    assertThat(commits.flushingBatch().isEmpty()).isTrue();
  }

  @Test
  void aFailedWriteLeavesItsEventsUnwrittenUntilOneSucceeds() {
    acknowledge(6);
    commits.flushStarted();
    commits.flushFailed();
    assertThat(commits.unwrittenEvents()).isEqualTo(6);
    assertThat(policy.isFull(commits)).isTrue();
    assertThat(wait(commits)).as("a store that refuses at once is not asked at once").isPositive();

    write(1000);

    assertThat(commits.unwrittenEvents()).isZero();
    assertThat(policy.isFull(commits)).isFalse();
  }

  @Test
  void aFailedWriteIsRepeatedSoonWhileThePartitionIsDrained() {
    acknowledge(3);
    commits.startDraining();
    commits.flushStarted();
    commits.flushFailed();

    assertThat(wait(commits)).isEqualTo(FlushPolicy.DRAINING_RETRY_NANOS);
    now += FlushPolicy.DRAINING_RETRY_NANOS;
    assertThat(wait(commits)).isZero();
  }
}
