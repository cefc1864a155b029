// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.store.ManualScheduler;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Delayed;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.junit.jupiter.api.Test;

/** A holder whose heartbeats are too late; the service's clock stands still meanwhile. */
class BlobLeaseTest {

  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(25);

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final ManualScheduler scheduler = new ManualScheduler();
  private final List<Optional<Throwable>> losses = new ArrayList<>();
  private final BlobLease one = lease("node-1");
  private final BlobLease two = lease("node-2");
  private Duration paused = Duration.ZERO;

  private BlobLease lease(String owner) {
    LeaseSettings settings =
        LeaseSettings.apply(
            ConfigFactory.parseMap(
                Map.of(
                    "heartbeat-interval",
                    INTERVAL,
                    "heartbeat-timeout",
                    TIMEOUT,
                    "lease-operation-timeout",
                    Duration.ofSeconds(5))),
            "my-lease",
            owner);
    return new BlobLease(
        settings, store, scheduler, scheduler, () -> scheduler.nanoTime() + paused.toNanos());
  }

  /** The process stands still for so long, its timers too. */
  private void pause(Duration time) {
    paused = paused.plus(time);
  }

  private static boolean get(CompletionStage<Boolean> stage) {
    return stage.toCompletableFuture().getNow(false);
  }

  private void assertThatItIsGivenUpForGood() {
    assertThat(losses)
        .singleElement()
        .satisfies(loss -> assertThat(loss).containsInstanceOf(LeaseTimeoutException.class));
    assertThat(one.checkLease()).isFalse();
    assertThat(get(two.acquire())).as("it was released").isTrue();
    scheduler.advance(TIMEOUT);
    assertThat(losses).hasSize(1);
    assertThat(one.checkLease()).isFalse();
    assertThat(two.checkLease()).isTrue();
  }

  @Test
  void heartbeatsInTimeKeepIt() {
    get(one.acquire(losses::add));
    scheduler.advance(TIMEOUT.multipliedBy(3));
    pause(TIMEOUT.minus(INTERVAL).minusNanos(1));
    scheduler.advance(INTERVAL);

    assertThat(one.checkLease()).isTrue();
    assertThat(losses).isEmpty();
  }

  @Test
  void aHolderWhoseHeartbeatIsDueTooLateGivesItUp() {
    get(one.acquire(losses::add));
    pause(TIMEOUT.minus(INTERVAL));

    scheduler.advance(INTERVAL);

    assertThatItIsGivenUpForGood();
  }

  @Test
  void aHolderWhoseHeartbeatIsAnsweredTooLateGivesItUp() {
    get(one.acquire(losses::add));
    Delayed renewal = store.delayNext(Operation.REPLACE_OWNERSHIP);
    scheduler.advance(INTERVAL);
    assertThat(renewal.hasArrived()).isTrue();
    scheduler.advance(TIMEOUT.minus(INTERVAL));
    assertThat(losses).as("not before it is known").isEmpty();

    renewal.deliver();

    assertThatItIsGivenUpForGood();
  }

  @Test
  void aHeartbeatThatIsAnsweredInTimeKeepsIt() {
    get(one.acquire(losses::add));
    Delayed renewal = store.delayNext(Operation.REPLACE_OWNERSHIP);
    scheduler.advance(TIMEOUT.minusNanos(1));
    renewal.deliver();

    scheduler.advance(INTERVAL);

    assertThat(one.checkLease()).isTrue();
    assertThat(losses).isEmpty();
  }

  @Test
  void whoeverWantsItAgainHearsThatItWasLost() {
    get(one.acquire(losses::add));
    pause(TIMEOUT);

    assertThat(get(one.acquire())).isTrue();

    assertThat(one.checkLease()).isTrue();
    scheduler.advance(TIMEOUT.multipliedBy(2));
    assertThat(one.checkLease()).isTrue();
    assertThat(losses).hasSize(1);
  }

  @Test
  void anAcquisitionThatIsAnsweredTooLateIsNone() {
    Delayed claim = store.delayNext(Operation.CREATE_OWNERSHIP);
    CompletionStage<Boolean> acquired = one.acquire(losses::add);
    pause(TIMEOUT);

    claim.deliver();

    assertThat(acquired.toCompletableFuture()).isCompletedWithValue(false);
    assertThat(one.checkLease()).isFalse();
    assertThat(get(two.acquire())).as("it was released").isTrue();
    assertThat(losses).isEmpty();
  }
}
