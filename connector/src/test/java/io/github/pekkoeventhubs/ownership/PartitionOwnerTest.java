// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.life.Loss;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionOwnerTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");

  private final ActorTestKit testKit =
      ActorTestKit.create("PartitionOwnerTest", ConfigFactory.load());
  private final TestProbe<Object> ends = testKit.createTestProbe();
  private final LinkedBlockingQueue<CompletableFuture<Optional<StoredOwnership>>> lookUps =
      new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> parked = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> stopping = new LinkedBlockingQueue<>();
  private ActorRef<OwnerCommand> owner = testKit.<OwnerCommand>createTestProbe().getRef();

  @BeforeEach
  void start() {
    owner =
        testKit.spawn(
            PartitionOwner.create("0", TestClaimRules.claimingAll(), new Recording(), () -> 0L));
  }

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  private final class Recording implements OwnerObserver {
    @Override
    public void parked(String partitionId, StreamOfGroup formerStream) {
      parked.add(formerStream.id());
    }

    @Override
    public void stopping(String partitionId) {
      stopping.add(partitionId);
    }
  }

  /** Answers nothing but when it is looked up who owns the partition, and that when a test says. */
  private PartitionStore store() {
    return (PartitionStore)
        Proxy.newProxyInstance(
            PartitionOwnerTest.class.getClassLoader(),
            new Class<?>[] {PartitionStore.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("readOwnership")) {
                throw new UnsupportedOperationException(method.getName());
              }
              CompletableFuture<Optional<StoredOwnership>> answer = new CompletableFuture<>();
              lookUps.add(answer);
              return answer;
            });
  }

  private StreamOfGroup stream(String id) {
    return stream(id, store(), Duration.ofSeconds(8));
  }

  private StreamOfGroup stream(String id, PartitionStore store, Duration handoverTimeout) {
    ConsumerSettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .withHandoverTimeout(handoverTimeout)
            .withPartitionStore(store);
    LivePartitionStatus status = new LivePartitionStatus(PARTITION, () -> 0L, () -> Instant.EPOCH);
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            PartitionOwnerTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> id;
                  case "settings" -> settings;
                  case "partition" -> PARTITION;
                  case "status" -> status;
                  case "isCommittable" -> true;
                  case "tracing" -> PartitionTracing.NONE;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private CompletableFuture<Optional<StoredOwnership>> nextLookUp() throws InterruptedException {
    CompletableFuture<Optional<StoredOwnership>> lookUp = lookUps.poll(10, TimeUnit.SECONDS);
    assertThat(lookUp).isNotNull();
    return lookUp;
  }

  @Test
  void anAnswerThatComesAfterItsStreamHasGoneIsIgnored() throws Exception {
    StreamOfGroup first = stream("first");
    owner.tell(new OwnerCommand.OfferStream(first));
    CompletableFuture<Optional<StoredOwnership>> late = nextLookUp();
    owner.tell(new OwnerCommand.WithdrawStream(first, "shared"));
    assertThat(parked.poll(10, TimeUnit.SECONDS)).isEqualTo("first");

    late.complete(Optional.empty());

    owner.tell(new OwnerCommand.OfferStream(stream("second")));
    assertThat(nextLookUp()).as("the owner lives on").isNotDone();
  }

  @Test
  void anErrorThatComesAfterItsStreamHasGoneIsIgnored() throws Exception {
    StreamOfGroup first = stream("first");
    owner.tell(new OwnerCommand.OfferStream(first));
    CompletableFuture<Optional<StoredOwnership>> late = nextLookUp();
    owner.tell(new OwnerCommand.WithdrawStream(first, "shared"));

    late.completeExceptionally(new IllegalStateException("no such container"));

    owner.tell(new OwnerCommand.OfferStream(stream("second")));
    assertThat(nextLookUp()).as("the owner lives on").isNotDone();
  }

  @Test
  void aStopEndsTheOwnerThoughAnotherStreamWaits() throws Exception {
    owner.tell(new OwnerCommand.OfferStream(stream("first")));
    nextLookUp();
    owner.tell(new OwnerCommand.OfferStream(stream("second")));
    owner.tell(new OwnerCommand.Stop("rebalanced"));

    assertThat(stopping.poll(10, TimeUnit.SECONDS)).isEqualTo("0");
    ends.expectTerminated(owner);
    assertThat(lookUps).isEmpty();
  }

  /**
   * A store that lets a test answer the claims, collects the owners that replace them, and is busy
   * then.
   */
  private static PartitionStore slow(
      BlockingQueue<Runnable> claims, BlockingQueue<String> newOwners) {
    return (PartitionStore)
        Proxy.newProxyInstance(
            PartitionOwnerTest.class.getClassLoader(),
            new Class<?>[] {PartitionStore.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "readOwnership" -> CompletableFuture.completedFuture(Optional.empty());
                  case "createOwnership" -> {
                    CompletableFuture<Optional<StoredOwnership>> answer = new CompletableFuture<>();
                    claims.add(() -> answer.complete(Optional.of(claimedWith(arguments))));
                    yield answer;
                  }
                  case "replaceOwnership" -> {
                    newOwners.add((String) arguments[1]);
                    yield CompletableFuture.failedFuture(
                        new PartitionStoreException("busy", null, true));
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /** A claim that is on its way: the stream, the answer, and the owners that replace it. */
  private record LateClaim(StreamOfGroup stream, Runnable answer, BlockingQueue<String> newOwners) {

    void isGivenBack() throws InterruptedException {
      answer.run();
      assertThat(newOwners.poll(10, TimeUnit.SECONDS)).as("released").isEmpty();
      assertThat(newOwners.poll(10, TimeUnit.SECONDS)).as("tried again").isEmpty();
    }
  }

  private LateClaim claiming() throws InterruptedException {
    BlockingQueue<Runnable> claims = new LinkedBlockingQueue<>();
    BlockingQueue<String> newOwners = new LinkedBlockingQueue<>();
    StreamOfGroup first = stream("first", slow(claims, newOwners), Duration.ofMillis(80));
    owner.tell(new OwnerCommand.OfferStream(first));
    Runnable late = claims.poll(10, TimeUnit.SECONDS);
    assertThat(late).isNotNull();
    return new LateClaim(first, late, newOwners);
  }

  @Test
  void aClaimThatIsAnsweredAfterItWasGivenUpIsGivenBack() throws Exception {
    LateClaim claim = claiming();
    owner.tell(new OwnerCommand.WithdrawStream(claim.stream(), "shared"));
    assertThat(parked.poll(10, TimeUnit.SECONDS)).isEqualTo("first");

    claim.isGivenBack();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClaimThatIsAnsweredAfterTheOwnerHasEndedIsGivenBack(boolean parkedBefore) throws Exception {
    LateClaim claim = claiming();
    if (parkedBefore) {
      owner.tell(new OwnerCommand.WithdrawStream(claim.stream(), "shared"));
      assertThat(parked.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
    }
    owner.tell(new OwnerCommand.Stop("rebalanced"));
    ends.expectTerminated(owner);

    claim.isGivenBack();
  }

  private static StoredOwnership claimedWith(Object[] arguments) {
    Map<String, String> entries = new HashMap<>();
    ((Map<?, ?>) arguments[2]).forEach((key, value) -> entries.put((String) key, (String) value));
    return new StoredOwnership(
        (EventHubPartition) arguments[0],
        (String) arguments[1],
        entries,
        "1",
        Instant.EPOCH,
        Instant.EPOCH);
  }

  /** An owner of a partition that is being read, and what it says to its stream. */
  private final class Reading {
    private final LinkedBlockingQueue<PartitionSession> sessions = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Thread> revocations = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<PartitionLifecycle> notices = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<CompletableFuture<PartitionProperties>> polls =
        new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> connections = new LinkedBlockingQueue<>();
    private volatile boolean silentConnection;
    private final ActorRef<OwnerCommand> reader =
        testKit.spawn(
            PartitionOwner.create("0", new Unclaimed(), new Recording(), System::nanoTime));
    private final StreamOfGroup stream;

    Reading(Duration handoverTimeout) {
      this(handoverTimeout, StoredCheckpoint.entriesOf(-1, StoredCheckpoint.BEFORE_FIRST_OFFSET));
    }

    /** Looks for a stall all the time. */
    Reading(Duration handoverTimeout, Map<String, String> start) {
      ConsumerSettings settings =
          ConsumerSettings.create(
                  ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
              .withInitialPosition(EventPosition.earliest())
              .withStallCheck(Duration.ofMillis(20))
              .withHandoverTimeout(handoverTimeout);
      LivePartitionStatus status =
          new LivePartitionStatus(PARTITION, () -> 0L, () -> Instant.EPOCH);
      PartitionRun run =
          new QuietRun() {
            @Override
            public boolean hasDemand() {
              return true;
            }

            @Override
            public boolean hasSilentConnection() {
              return silentConnection;
            }

            @Override
            public void abandonConnection() {
              connections.add("abandoned");
            }
          };
      stream =
          (StreamOfGroup)
              Proxy.newProxyInstance(
                  PartitionOwnerTest.class.getClassLoader(),
                  new Class<?>[] {StreamOfGroup.class},
                  (proxy, method, arguments) ->
                      switch (method.getName()) {
                        case "id" -> "reading";
                        case "settings" -> settings;
                        case "partition" -> PARTITION;
                        case "status" -> status;
                        case "isCommittable" -> false;
                        case "tracing" -> PartitionTracing.NONE;
                        case "positionOnAssign" ->
                            CompletableFuture.completedFuture(Optional.empty());
                        case "checkpointAt" -> CompletableFuture.completedFuture(start);
                        case "partitionProperties" -> {
                          CompletableFuture<PartitionProperties> answer = new CompletableFuture<>();
                          polls.add(answer);
                          yield answer;
                        }
                        case "begin" -> {
                          sessions.add((PartitionSession) arguments[0]);
                          yield run;
                        }
                        case "notifyListener" -> notices.add((PartitionLifecycle) arguments[0]);
                        case "revoked" -> {
                          revocations.add(Thread.currentThread());
                          yield CompletableFuture.completedFuture(Done.getInstance());
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                      });
    }

    PartitionSession begun() throws InterruptedException {
      reader.tell(new OwnerCommand.OfferStream(stream));
      PartitionSession session = sessions.poll(10, TimeUnit.SECONDS);
      assertThat(session).isNotNull();
      return session;
    }

    CompletableFuture<PartitionProperties> poll() throws InterruptedException {
      CompletableFuture<PartitionProperties> poll = polls.poll(10, TimeUnit.SECONDS);
      assertThat(poll).isNotNull();
      return poll;
    }

    void givesUp() {
      reader.tell(new OwnerCommand.WithdrawStream(stream, "the stream has stopped"));
    }

    void ends() {
      reader.tell(new OwnerCommand.Stop("the end"));
      ends.expectTerminated(reader);
    }

    void hears(Class<? extends PartitionLifecycle> expected) throws InterruptedException {
      assertThat(notices.poll(10, TimeUnit.SECONDS)).isInstanceOf(expected);
    }
  }

  private static final class Unclaimed implements ClaimRules {
    @Override
    public boolean claims() {
      return false;
    }

    @Override
    public String ownerId() {
      return "";
    }

    @Override
    public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
      return false;
    }

    @Override
    public Optional<EventPosition> fixedPosition(String partitionId) {
      return Optional.empty();
    }
  }

  @Test
  void theUserFinishesOnTheOwnersThreadBeforeThePartitionIsGivenUp() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(60));
    PartitionSession session = reading.begun();
    reading.givesUp();
    assertThat(reading.revocations).isEmpty();

    session.emissionStopped();

    assertThat(reading.revocations.poll(10, TimeUnit.SECONDS))
        .isNotNull()
        .isNotEqualTo(Thread.currentThread());
    assertThat(parked.poll(10, TimeUnit.SECONDS)).isEqualTo("reading");
    reading.ends();
    assertThat(reading.revocations).isEmpty();
  }

  @Test
  void theUserIsNotAskedToFinishAPartitionThatWasGivenUpWhenItsTimeWasOver() throws Exception {
    Reading reading = new Reading(Duration.ofMillis(80));
    PartitionSession session = reading.begun();
    reading.givesUp();
    assertThat(parked.poll(10, TimeUnit.SECONDS)).isEqualTo("reading");

    session.emissionStopped();

    reading.ends();
    assertThat(reading.revocations).isEmpty();
  }

  @Test
  void theUserIsNotAskedToFinishAPartitionThatWasLostWhileItDrained() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(60));
    PartitionSession session = reading.begun();
    reading.hears(PartitionLifecycle.Assigned.class);
    reading.givesUp();
    reading.hears(PartitionLifecycle.Revoking.class);
    reading.reader.tell(new LifeInput.ClaimGone(session.number(), Loss.claimedBy("another")));
    reading.hears(PartitionLifecycle.Lost.class);

    session.emissionStopped();

    reading.ends();
    assertThat(reading.revocations).isEmpty();
  }

  private static ServiceUnavailableException unanswered() {
    return new ServiceUnavailableException("asking failed", new TimeoutException("10 s"));
  }

  /** The SDK's time may be over first, and it has a condition for it. */
  private static ServiceUnavailableException unansweredForTheSdk() {
    return new ServiceUnavailableException(
        "asking failed", new AmqpException(true, AmqpErrorCondition.TIMEOUT_ERROR, "10 s", null));
  }

  @Test
  void aSilentConnectionThatLeavesTwoPollsUnansweredIsAbandoned() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(8));
    reading.begun();

    reading.poll().completeExceptionally(unanswered());
    CompletableFuture<PartitionProperties> second = reading.poll();
    assertThat(reading.connections).isEmpty();
    second.completeExceptionally(unansweredForTheSdk());

    assertThat(reading.connections.poll(10, TimeUnit.SECONDS)).isEqualTo("abandoned");
  }

  @Test
  void anAnswerInBetweenShowsThatTheConnectionLives() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(8));
    reading.begun();

    reading.poll().completeExceptionally(unanswered());
    reading.poll().complete(ServiceAnswers.endingAt(-1, ""));
    reading.poll().completeExceptionally(unanswered());

    reading.poll();
    assertThat(reading.connections).isEmpty();
  }

  /**
   * Two questions of other partitions were not answered, and the next one has come over another.
   */
  @Test
  void aConnectionThatOthersHaveFoundSilentIsAbandonedAlthoughTheServiceAnswers() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(8));
    reading.begun();
    reading.poll().completeExceptionally(unanswered());
    CompletableFuture<PartitionProperties> second = reading.poll();
    assertThat(reading.connections).isEmpty();
    reading.silentConnection = true;

    second.complete(ServiceAnswers.endingAt(-1, ""));

    assertThat(reading.connections.poll(10, TimeUnit.SECONDS)).isEqualTo("abandoned");
  }

  @Test
  void aServiceThatRefusesToAnswerIsNotConnectedToAnew() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(8));
    reading.begun();

    for (int i = 0; i < 3; i++) {
      reading
          .poll()
          .completeExceptionally(
              new ServiceUnavailableException("asking failed: server busy", null));
      reading
          .poll()
          .completeExceptionally(new EventHubsAuthorizationException("refused the key", null));
    }

    reading.poll();
    assertThat(reading.connections).isEmpty();
  }

  @Test
  void aPartitionThatWasReadToItsEndByOffsetAloneIsNotBehind() throws Exception {
    Reading reading = new Reading(Duration.ofSeconds(8), Map.of(StoredCheckpoint.OFFSET, "100"));
    reading.begun();

    for (int i = 0; i < 3; i++) {
      reading.poll().complete(ServiceAnswers.endingAt(7, "100"));
    }
    CompletableFuture<PartitionProperties> next = reading.poll();
    assertThat(reading.connections).isEmpty();

    next.complete(ServiceAnswers.endingAt(8, "200"));
    reading.poll().complete(ServiceAnswers.endingAt(8, "200"));
    assertThat(reading.connections.poll(10, TimeUnit.SECONDS)).isEqualTo("abandoned");
  }
}
