// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static io.github.pekkoeventhubs.testkit.PartitionStoreContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.lease.BlobLease;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two owners of one lease, found by name as the split brain resolver does. */
class BlobLeaseTest {

  private static final String RECORD = "pekko/leases/my-lease/ownership/0";
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SettableClock clock = SettableClock.create();
  private final BlobEmulator blobs =
      BlobEmulator.builder().clock(clock).container("leases").start();
  private final ActorSystem system =
      ActorSystem.create(
          "leases",
          ConfigFactory.parseMap(
                  Map.of(
                      "pekko.eventhubs.partition-store.blob.connection-string",
                      blobs.connectionString(),
                      "pekko.eventhubs.blob-lease.container",
                      "leases",
                      "pekko.eventhubs.blob-lease.heartbeat-timeout",
                      HEARTBEAT_TIMEOUT,
                      "pekko.eventhubs.blob-lease.heartbeat-interval",
                      Duration.ofMillis(100),
                      "pekko.eventhubs.blob-lease.lease-operation-timeout",
                      Duration.ofSeconds(10)))
              .withFallback(ConfigFactory.load()));
  private final Lease one = lease("node-1");
  private final Lease two = lease("node-2");
  private final List<Optional<Throwable>> losses = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    TestKit.shutdownActorSystem(system);
    blobs.close();
  }

  @Test
  void oneOwnerHoldsItUntilItReleasesIt() {
    assertThat(get(one.acquire())).isTrue();
    assertThat(one.checkLease()).isTrue();
    assertThat(get(two.acquire())).isFalse();
    assertThat(two.checkLease()).isFalse();

    assertThat(get(one.release())).isTrue();

    assertThat(one.checkLease()).isFalse();
    assertThat(get(two.acquire())).isTrue();
    assertThat(get(one.acquire())).isFalse();
  }

  @Test
  void itCanBeTakenAgainAfterARelease() {
    for (int round = 0; round < 3; round++) {
      assertThat(get(one.acquire())).isTrue();
      assertThat(get(one.release())).isTrue();
    }
    assertThat(get(one.release())).as("nothing to release").isTrue();
  }

  @Test
  void heartbeatsKeepIt() {
    get(one.acquire());
    long before = blobs.requests(BlobOperation.SET_METADATA);
    await().until(() -> blobs.requests(BlobOperation.SET_METADATA) >= before + 3);

    clock.advance(Duration.ofHours(1));
    long after = blobs.requests(BlobOperation.SET_METADATA);
    await().until(() -> blobs.requests(BlobOperation.SET_METADATA) >= after + 2);

    assertThat(get(two.acquire())).isFalse();
    assertThat(one.checkLease()).isTrue();
  }

  @Test
  void aHolderThatCannotRenewGivesUpBeforeOthersMayTakeIt() {
    get(one.acquire(losses::add));
    blobs.faults().always().of(BlobOperation.SET_METADATA).answer(503, "ServerBusy");

    await().until(() -> !losses.isEmpty());

    assertThat(one.checkLease()).isFalse();
    assertThat(losses).singleElement().satisfies(loss -> assertThat(loss).isPresent());
    assertThat(get(two.acquire())).as("the service's clock stands still").isFalse();
    blobs.faults().clear();
    clock.advance(HEARTBEAT_TIMEOUT.plusSeconds(2));
    // The first attempt may meet the last one of the other to release it.
    await().atMost(PATIENCE).ignoreExceptions().until(() -> get(two.acquire()));
  }

  @Test
  void aHolderWhoseLeaseWasTakenIsToldSo() {
    get(one.acquire(losses::add));
    // A restarted process has the same name, and no need to wait for its own old lease.
    Lease thief = another("node-1", Duration.ofSeconds(10));

    get(thief.acquire());

    await().until(() -> !losses.isEmpty());
    assertThat(losses).containsExactly(Optional.empty());
    assertThat(one.checkLease()).isFalse();
    assertThat(thief.checkLease()).isTrue();
  }

  @Test
  void aLostReplyIsNoLostLease() {
    blobs.faults().next(1).of(BlobOperation.PUT_BLOB).dropReply();

    assertThat(get(one.acquire())).isTrue();
    assertThat(one.checkLease()).isTrue();
  }

  @Test
  void passingFailuresAreTriedAgain() {
    blobs.faults().next(2).answer(503, "ServerBusy");

    assertThat(get(one.acquire())).isTrue();
  }

  @Test
  void withoutTheServiceAnAcquisitionEndsInTime() {
    blobs.faults().always().answer(503, "ServerBusy");

    Lease impatient = another("node-1", Duration.ofSeconds(2));

    assertThatThrownBy(() -> get(impatient.acquire()))
        .isInstanceOf(LeaseTimeoutException.class)
        .hasMessageContaining("my-lease")
        .hasMessageContaining("within 2000 ms");
    assertThat(impatient.checkLease()).isFalse();
  }

  @Test
  void aWrongContainerFailsAtOnceAndByName() {
    ActorSystem misconfigured =
        ActorSystem.create(
            "misconfigured",
            ConfigFactory.parseString("pekko.eventhubs.blob-lease.container = leasse")
                .withFallback(system.settings().config()));
    try {
      Lease lease =
          LeaseProvider.get(misconfigured).getLease("my-lease", BlobLease.CONFIG_PATH, "node-1");

      assertThatThrownBy(() -> get(lease.acquire())).hasMessageContaining("leasse");
    } finally {
      TestKit.shutdownActorSystem(misconfigured);
    }
  }

  @Test
  void theRecordIsABlobBesideThoseOfPartitions() {
    get(one.acquire());

    assertThat(blobs.blob("leases", RECORD).orElseThrow().metadata())
        .containsEntry("ownerid", "node-1")
        .containsKey("pekkoclaim");
  }

  /** The provider gives the same object for the same owner. */
  private Lease another(String owner, Duration operationTimeout) {
    LeaseSettings settings =
        LeaseSettings.apply(
            ConfigFactory.parseMap(Map.of("lease-operation-timeout", operationTimeout))
                .withFallback(system.settings().config().getConfig(BlobLease.CONFIG_PATH))
                .withFallback(system.settings().config().getConfig("pekko.coordination.lease")),
            "my-lease",
            owner);
    return new BlobLease(settings, (ExtendedActorSystem) system);
  }

  private Lease lease(String owner) {
    return LeaseProvider.get(system).getLease("my-lease", BlobLease.CONFIG_PATH, owner);
  }
}
