// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An owner keeps its claim while Event Hubs, the stream or the user let it wait. */
class ClaimedPartitionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration VALIDITY = Duration.ofSeconds(3);
  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");

  private final ActorTestKit testKit =
      ActorTestKit.create("ClaimedPartitionTest", ConfigFactory.load());
  private final OneRecordStore store = new OneRecordStore(PARTITION);
  private final AtomicLong clock = new AtomicLong();
  private final LinkedBlockingQueue<PartitionSession> sessions = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<PartitionLifecycle> notices = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Long> attachments = new LinkedBlockingQueue<>();
  private volatile CompletionStage<Map<String, String>> start = busy();
  private volatile long lastSequenceNumber = -1;

  private final LivePartitionStatus status =
      new LivePartitionStatus(PARTITION, clock::get, () -> Instant.EPOCH);
  private final StreamOfGroup stream = stream();
  private final ActorRef<OwnerCommand> owner =
      testKit.spawn(
          PartitionOwner.create(
              "0", TestClaimRules.claimingWhatIsFree(), new Unobserved(), clock::get));

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  private static final class Unobserved implements OwnerObserver {
    @Override
    public void parked(String partitionId, StreamOfGroup formerStream) {}

    @Override
    public void stopping(String partitionId) {}
  }

  private static CompletionStage<Map<String, String>> busy() {
    return CompletableFuture.failedFuture(
        new ServiceUnavailableException("Event Hubs does not answer", null));
  }

  private StreamOfGroup stream() {
    ConsumerSettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .withInitialPosition(EventPosition.earliest())
            .withHandoverTimeout(Duration.ofMinutes(10))
            .withOwnership(
                new OwnershipSettings(
                    Duration.ofMillis(100),
                    Duration.ofMillis(50),
                    VALIDITY,
                    Duration.ofSeconds(5),
                    Duration.ofMillis(20),
                    Duration.ofMillis(20),
                    Duration.ofMillis(50)))
            .withPartitionStore(store);
    PartitionRun run =
        new QuietRun() {
          @Override
          public void attach(Consumer<ReceiverEnd> whenEnded, Runnable whenOutgrown) {
            attachments.add(clock.get());
          }
        };
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            ClaimedPartitionTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> "stream";
                  case "settings" -> settings;
                  case "partition" -> PARTITION;
                  case "status" -> status;
                  case "isCommittable" -> true;
                  case "tracing" -> PartitionTracing.NONE;
                  case "positionOnAssign" -> CompletableFuture.completedFuture(Optional.empty());
                  case "checkpointAt" -> start;
                  case "partitionProperties" ->
                      CompletableFuture.completedFuture(
                          ServiceAnswers.endingAt(
                              lastSequenceNumber,
                              lastSequenceNumber < 0 ? "-1" : lastSequenceNumber + "00"));
                  case "begin" -> {
                    sessions.add((PartitionSession) arguments[0]);
                    yield run;
                  }
                  case "notifyListener" -> notices.add((PartitionLifecycle) arguments[0]);
                  case "revoked" -> new CompletableFuture<>();
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private OwnerState state() {
    return status.snapshot().state();
  }

  private PartitionLifecycle nextNotice() throws InterruptedException {
    PartitionLifecycle notice = notices.poll(20, TimeUnit.SECONDS);
    assertThat(notice).isNotNull();
    return notice;
  }

  /** Lets this much time pass on the owner's clock, in steps after each of which it renews. */
  private void passRenewing(Duration time) {
    for (Duration passed = Duration.ZERO;
        passed.compareTo(time) < 0;
        passed = passed.plus(VALIDITY.dividedBy(2))) {
      clock.addAndGet(VALIDITY.dividedBy(2).toNanos());
      int before = store.ownershipWrites();
      // The first of the two may have been sent before the clock went on.
      await().atMost(PATIENCE).until(() -> store.ownershipWrites() >= before + 2);
    }
  }

  private PartitionSession nextSession() throws InterruptedException {
    PartitionSession session = sessions.poll(20, TimeUnit.SECONDS);
    assertThat(session).isNotNull();
    return session;
  }

  private void begin() throws InterruptedException {
    start =
        CompletableFuture.completedFuture(
            StoredCheckpoint.entriesOf(-1, StoredCheckpoint.BEFORE_FIRST_OFFSET));
    assertThat(sessions.poll(20, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void anOutageOfEventHubsThatIsLongerThanTheValidityLosesNothing() throws Exception {
    owner.tell(new OwnerCommand.OfferStream(stream));
    passRenewing(VALIDITY.multipliedBy(3));
    assertThat(notices).isEmpty();

    begin();

    assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Assigned.class);
    assertThat(attachments.poll(20, TimeUnit.SECONDS)).isNotNull();
    passRenewing(VALIDITY);
    assertThat(notices).as("Lost after Assigned").isEmpty();
  }

  @Test
  void aHandOverThatIsLongerThanTheValidityKeepsTheClaim() throws Exception {
    owner.tell(new OwnerCommand.OfferStream(stream));
    begin();
    assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Assigned.class);
    owner.tell(new OwnerCommand.WithdrawStream(stream, "the stream has stopped"));
    assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Revoking.class);

    passRenewing(VALIDITY.multipliedBy(3));

    assertThat(notices).as("Lost while draining").isEmpty();
    assertThat(store.ownership().orElseThrow().isReleased()).isFalse();
  }

  @Test
  void aClaimThatExpiredDuringTheOutageIsClaimedAgainBeforeTheStreamIsTold() throws Exception {
    owner.tell(new OwnerCommand.OfferStream(stream));
    await().atMost(PATIENCE).until(() -> state() == OwnerState.CLAIMING);
    store.failByThrowing(new PartitionStoreException("the store is busy", null, true));
    clock.addAndGet(VALIDITY.multipliedBy(2).toNanos());
    await().atMost(PATIENCE).until(() -> state() == OwnerState.WAITING);
    store.failByThrowing(null);
    store.claimedBy("", Duration.ZERO);

    begin();

    assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Assigned.class);
    passRenewing(VALIDITY);
    assertThat(notices).as("Lost after Assigned").isEmpty();
  }

  @Test
  void aReleaseThatTheStoreRefusesIsTriedAgain() {
    owner.tell(new OwnerCommand.OfferStream(stream));
    await().atMost(PATIENCE).until(() -> state() == OwnerState.CLAIMING);
    store.failByThrowing(new PartitionStoreException("the store is busy", null, true));
    owner.tell(new OwnerCommand.WithdrawStream(stream, "the stream has stopped"));
    await().atMost(PATIENCE).until(() -> state() != OwnerState.CLAIMING);
    assertThat(store.ownership().orElseThrow().isReleased()).isFalse();

    store.failByThrowing(null);

    await().atMost(PATIENCE).until(() -> store.ownership().orElseThrow().isReleased());
    await().atMost(PATIENCE).until(() -> state() == OwnerState.RELEASED);
  }

  /** As after a freeze of the process: the store takes the renewal, and nobody hears of it. */
  @Test
  void aClaimThatExpiresWhileItsRenewalIsUnderWayDoesNotKeepOthersWaiting() throws Exception {
    owner.tell(new OwnerCommand.OfferStream(stream));
    begin();
    assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Assigned.class);
    store.loseAnswers(true);
    int before = store.ownershipWrites();
    await().atMost(PATIENCE).until(() -> store.ownershipWrites() > before);
    store.loseAnswers(false);

    clock.addAndGet(VALIDITY.multipliedBy(2).toNanos());

    assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Lost.class);
    assertThat(nextNotice()).as("free again").isInstanceOf(PartitionLifecycle.Assigned.class);
  }

  /** The partition's own stream fails again and again, as at an event that nobody can process. */
  @Test
  void aResetIsHeededThatComesWhileAPartitionWaitsToBeginAnew() throws Exception {
    lastSequenceNumber = 9;
    store.createCheckpoint(PARTITION, StoredCheckpoint.entriesOf(5, "500"));
    owner.tell(new OwnerCommand.OfferStream(stream));
    for (int failure = 0; failure < 5; failure++) {
      PartitionSession session = nextSession();
      assertThat(session.acknowledged().sequenceNumber()).isEqualTo(5);
      assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Assigned.class);
      owner.tell(new LifeInput.Abandoned(session.number()));
      assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Revoking.class);
      session.emissionStopped();
      assertThat(nextNotice()).isInstanceOf(PartitionLifecycle.Revoked.class);
    }
    await().atMost(PATIENCE).until(() -> state() == OwnerState.CLAIMING);

    store.claimedBy("reset#1", Duration.ZERO);
    StoredCheckpoint stored = store.readCheckpoint(PARTITION).toCompletableFuture().join().get();
    store.replaceCheckpoint(PARTITION, StoredCheckpoint.entriesOf(2, "200"), stored.version());
    store.claimedBy("", Duration.ZERO);

    assertThat(nextSession().acknowledged().sequenceNumber()).isEqualTo(2);
  }

  @Test
  void aForeignOwnerThatIsWaitedForIsNamedInTheStatusUntilThePartitionIsClaimed() throws Exception {
    store.claimedBy("another@10.0.0.9:7355#9", Duration.ofSeconds(3));
    owner.tell(new OwnerCommand.OfferStream(stream));
    await()
        .atMost(PATIENCE)
        .until(() -> status.snapshot().claimedBy().equals(Optional.of("another@10.0.0.9:7355#9")));
    assertThat(state()).isEqualTo(OwnerState.WAITING);

    store.claimedBy("", Duration.ZERO);
    begin();

    await().atMost(PATIENCE).until(() -> state() == OwnerState.RUNNING);
    assertThat(status.snapshot().claimedBy()).isEmpty();
  }

  /** As the owners of a cluster, whose claims carry an identity that is not known at first. */
  private static final class LaterReady implements ClaimRules {

    private final ClaimRules others = TestClaimRules.claimingAll();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Done> ready = new CompletableFuture<>();

    @Override
    public CompletionStage<Done> ready() {
      asked.complete(null);
      return ready;
    }

    @Override
    public Map<String, String> signature() {
      return ready.isDone() ? Map.of(StoredOwnership.CLUSTER, "orders") : Map.of();
    }

    @Override
    public boolean claims() {
      return others.claims();
    }

    @Override
    public String ownerId() {
      return others.ownerId();
    }

    @Override
    public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
      return others.mayClaim(record, settings);
    }

    @Override
    public Optional<EventPosition> fixedPosition(String partitionId) {
      return others.fixedPosition(partitionId);
    }
  }

  @Test
  void anOwnerClaimsNothingBeforeItsPlacementIsReady() throws Exception {
    LaterReady rules = new LaterReady();
    ActorRef<OwnerCommand> early =
        testKit.spawn(PartitionOwner.create("0", rules, new Unobserved(), clock::get));

    early.tell(new OwnerCommand.OfferStream(stream));
    rules.asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(store.ownershipWrites()).isZero();
    rules.ready.complete(Done.getInstance());

    await().atMost(PATIENCE).until(() -> store.ownershipWrites() > 0);
    assertThat(store.ownership().orElseThrow().cluster()).contains("orders");
  }

  @Test
  void anOwnerThatWaitsForItsPlacementCanBeStopped() throws Exception {
    LaterReady rules = new LaterReady();
    ActorRef<OwnerCommand> early =
        testKit.spawn(PartitionOwner.create("0", rules, new Unobserved(), clock::get));
    early.tell(new OwnerCommand.OfferStream(stream));
    rules.asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    early.tell(new OwnerCommand.Stop("the partition moves to another node"));

    testKit.createTestProbe().expectTerminated(early, PATIENCE);
    rules.ready.complete(Done.getInstance());
    assertThat(store.ownershipWrites()).isZero();
  }
}
