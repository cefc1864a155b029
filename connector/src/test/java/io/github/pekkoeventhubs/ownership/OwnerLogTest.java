// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.life.Loss;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The log lines and the status of an owner, in which a hand-over can be read. */
class OwnerLogTest {

  private static final AtomicInteger HUBS = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant TIME = Instant.parse("2026-05-04T03:02:01Z");

  /** The lines of the other owners of this JVM name other event hubs. */
  private final String hub = "hub" + HUBS.incrementAndGet();

  private final EventHubPartition partition =
      new EventHubPartition("ns.servicebus.windows.net", hub, "$Default", "7");
  private final ActorTestKit testKit = ActorTestKit.create("OwnerLogTest", ConfigFactory.load());
  private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getFormattedMessage().contains("/" + hub + "/")) {
            lines.add(line);
          }
        }
      };

  @BeforeEach
  void capture() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  private Optional<ILoggingEvent> line(String text) {
    return lines.stream().filter(line -> line.getFormattedMessage().contains(text)).findFirst();
  }

  private ILoggingEvent awaitLine(String text) {
    await().atMost(PATIENCE).until(() -> line(text).isPresent());
    return line(text).orElseThrow();
  }

  /** A stream that emits what a test says, and the one link it has. */
  private final class FakeStream extends QuietRun implements StreamOfGroup {

    private final ConsumerSettings settings;
    private final boolean committable;
    private final LivePartitionStatus status =
        new LivePartitionStatus(partition, System::nanoTime, () -> TIME);
    private final LinkedBlockingQueue<PartitionSession> sessions = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Consumer<ReceiverEnd>> links = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<CompletableFuture<PartitionProperties>> polls =
        new LinkedBlockingQueue<>();
    private final CompletableFuture<org.apache.pekko.Done> userFinished =
        CompletableFuture.completedFuture(org.apache.pekko.Done.getInstance());
    private final AtomicLong received = new AtomicLong();
    private volatile boolean silentConnection;

    FakeStream(boolean committable, Duration handoverTimeout) {
      this.committable = committable;
      this.settings =
          ConsumerSettings.create(
                  ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
              .withInitialPosition(EventPosition.earliest())
              .withStallCheck(Duration.ofMillis(50))
              .withReconnectBackoff(Duration.ofMillis(10), Duration.ofMillis(20))
              .withHandoverTimeout(handoverTimeout);
    }

    @Override
    public String id() {
      return "stream-1";
    }

    @Override
    public ConsumerSettings settings() {
      return settings;
    }

    @Override
    public EventHubPartition partition(String partitionId) {
      return partition;
    }

    @Override
    public boolean isCommittable() {
      return committable;
    }

    @Override
    public CompletionStage<List<String>> partitionIds() {
      return CompletableFuture.completedFuture(List.of("7"));
    }

    @Override
    public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
      CompletableFuture<PartitionProperties> answer = new CompletableFuture<>();
      polls.add(answer);
      return answer;
    }

    @Override
    public CompletionStage<Map<String, String>> checkpointAt(
        String partitionId, Optional<EventPosition> position) {
      return CompletableFuture.completedFuture(
          StoredCheckpoint.entriesOf(-1, StoredCheckpoint.BEFORE_FIRST_OFFSET));
    }

    @Override
    public CompletionStage<org.apache.pekko.Done> revoked(String partitionId) {
      return userFinished;
    }

    @Override
    public PartitionRun begin(PartitionSession session, ReadStart start, Runnable whenAbandoned) {
      sessions.add(session);
      return this;
    }

    @Override
    public LivePartitionStatus status(String partitionId) {
      return status;
    }

    @Override
    public void notifyListener(PartitionLifecycle notice) {}

    @Override
    public void fail(Throwable error) {}

    @Override
    public void attach(Consumer<ReceiverEnd> whenEnded, Runnable whenOutgrown) {
      links.add(whenEnded);
    }

    @Override
    public boolean hasSilentConnection() {
      return silentConnection;
    }

    @Override
    public void abandonConnection() {
      silentConnection = false;
    }

    @Override
    public long receivedCount() {
      return received.get();
    }

    @Override
    public boolean hasDemand() {
      return true;
    }

    private void answerPoll() throws ReflectiveOperationException {
      CompletableFuture<PartitionProperties> asked = polls.poll();
      if (asked != null) {
        asked.complete(ServiceAnswers.empty());
      }
    }

    private void loseLink(Throwable cause, boolean mayPass) throws InterruptedException {
      Consumer<ReceiverEnd> link = links.poll(10, TimeUnit.SECONDS);
      assertThat(link).isNotNull();
      link.accept(new ReceiverEnd(cause, false, false, mayPass));
    }
  }

  private static final class Unobserved implements OwnerObserver {
    @Override
    public void parked(String partitionId, StreamOfGroup formerStream) {}

    @Override
    public void stopping(String partitionId) {}
  }

  private ActorRef<OwnerCommand> owner() {
    return testKit.spawn(
        PartitionOwner.create("7", TestClaimRules.unclaimed(), new Unobserved(), System::nanoTime));
  }

  private PartitionSession begin(ActorRef<OwnerCommand> owner, FakeStream stream)
      throws InterruptedException {
    owner.tell(new OwnerCommand.OfferStream(stream));
    PartitionSession session = stream.sessions.poll(10, TimeUnit.SECONDS);
    assertThat(session).isNotNull();
    return session;
  }

  @Test
  void theStartIsSaidInWords() throws Exception {
    begin(owner(), new FakeStream(true, Duration.ofSeconds(60)));

    assertThat(awaitLine("assigned to").getFormattedMessage())
        .endsWith("assigned to stream-1, reading from the beginning");
  }

  @Test
  void aHandOverThatRepeatsNothingEndsWithAnInformation() throws Exception {
    ActorRef<OwnerCommand> owner = owner();
    FakeStream stream = new FakeStream(true, Duration.ofSeconds(60));
    PartitionSession session = begin(owner, stream);
    owner.tell(new OwnerCommand.WithdrawStream(stream, "the stream has stopped"));
    session.emissionStopped();

    ILoggingEvent end = awaitLine("handed over");
    assertThat(end.getLevel()).isEqualTo(Level.INFO);
    assertThat(end.getFormattedMessage())
        .matches(".*\\] handed over after \\d+\\.\\d s; nothing will be repeated");
  }

  @Test
  void aHandOverThatItsDeadlineCutsOffEndsWithAWarningAndTheNumberOfRepeatedEvents()
      throws Exception {
    ActorRef<OwnerCommand> owner = owner();
    FakeStream stream = new FakeStream(true, Duration.ofMillis(160));
    PartitionSession session = begin(owner, stream);
    session.emitting(new CommittableOffset(session, 0, "0"), 0);
    session.emitting(new CommittableOffset(session, 1, "10"), 0);
    owner.tell(new OwnerCommand.WithdrawStream(stream, "the stream has stopped"));
    session.emissionStopped();

    ILoggingEvent end = awaitLine("handed over");
    assertThat(end.getLevel()).isEqualTo(Level.WARN);
    assertThat(end.getFormattedMessage())
        .contains("; 2 events will be repeated: 2 not acknowledged; cut off: ")
        .endsWith("the stream had not finished what was emitted after 0.1 s");
  }

  @Test
  void aLossCountsTheRepeatedEvents() throws Exception {
    ActorRef<OwnerCommand> owner = owner();
    PartitionSession session = begin(owner, new FakeStream(true, Duration.ofSeconds(60)));
    session.emitting(new CommittableOffset(session, 0, "0"), 0);
    owner.tell(new LifeInput.ClaimGone(session.number(), Loss.claimedBy("b")));

    ILoggingEvent loss = awaitLine("lost:");
    assertThat(loss.getLevel()).isEqualTo(Level.WARN);
    assertThat(loss.getFormattedMessage())
        .endsWith("lost: claimed by b; 1 event will be repeated: 1 not acknowledged");
  }

  @Test
  void aHandOverOfAFailedStreamNamesTheCause() throws Exception {
    FakeStream stream = new FakeStream(true, Duration.ofSeconds(60));
    begin(owner(), stream);
    stream.loseLink(new EventHubsAuthorizationException("the key was refused", null), false);

    assertThat(awaitLine("handing over").getFormattedMessage())
        .endsWith("handing over: the stream failed: the key was refused");
  }

  @Test
  void aLostConnectionIsAnErrorWithATimeUntilEventsArriveAgain() throws Exception {
    FakeStream stream = new FakeStream(false, Duration.ofSeconds(60));
    begin(owner(), stream);
    stream.loseLink(new ReceiveException("the link was closed"), true);
    await().atMost(PATIENCE).until(() -> stream.status.snapshot().lastError().isPresent());
    assertThat(stream.status.snapshot().lastError()).contains("the link was closed");
    assertThat(stream.status.snapshot().lastErrorAt()).contains(TIME);
    stream.loseLink(new ReceiveException("the link was closed again"), true);
    await().atMost(PATIENCE).until(() -> !stream.links.isEmpty());
    assertThat(line("reading again")).isEmpty();

    stream.received.incrementAndGet();

    ILoggingEvent recovery = awaitLine("reading again");
    assertThat(recovery.getLevel()).isEqualTo(Level.INFO);
    assertThat(recovery.getFormattedMessage())
        .matches(".*\\] reading again after \\d+\\.\\d s, 2 attempts");
    assertThat(stream.status.snapshot().lastError()).isEmpty();
    assertThat(stream.status.snapshot().lastErrorAt()).isEmpty();
  }

  @Test
  void aPartitionWithoutEventsIsReadAgainWhenTheServiceAnswersWhileTheNewLinkIsAttached()
      throws Exception {
    FakeStream stream = new FakeStream(false, Duration.ofSeconds(60));
    begin(owner(), stream);
    CompletableFuture<PartitionProperties> askedBefore = stream.polls.poll(10, TimeUnit.SECONDS);
    assertThat(askedBefore).isNotNull();
    stream.loseLink(new ReceiveException("the link was closed"), true);
    await().atMost(PATIENCE).until(() -> !stream.links.isEmpty());
    askedBefore.complete(ServiceAnswers.empty());
    CompletableFuture<PartitionProperties> askedAfter = stream.polls.poll(10, TimeUnit.SECONDS);
    assertThat(askedAfter).isNotNull();
    assertThat(line("reading again")).isEmpty();

    askedAfter.complete(ServiceAnswers.empty());

    assertThat(awaitLine("reading again").getFormattedMessage()).endsWith(", 1 attempt");
  }

  @Test
  void aPartitionIsNotReadAgainOverAConnectionThatLeavesQuestionsUnanswered() throws Exception {
    FakeStream stream = new FakeStream(false, Duration.ofSeconds(60));
    stream.silentConnection = true;
    begin(owner(), stream);
    stream.loseLink(new ReceiveException("the link was closed"), true);
    await().atMost(PATIENCE).until(() -> !stream.links.isEmpty());

    String symptom = "nothing arrives over a connection that has left questions unanswered";
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              stream.answerPoll();
              return line("reading again").isPresent();
            });
    List<ILoggingEvent> inOrder = List.copyOf(lines);
    assertThat(inOrder.indexOf(line(symptom).orElseThrow()))
        .isLessThan(inOrder.indexOf(awaitLine("reading again")));
  }

  @Test
  void aHandOverCanBeReadStepByStepAtDebugLevel() throws Exception {
    ActorRef<OwnerCommand> owner = owner();
    FakeStream stream = new FakeStream(true, Duration.ofSeconds(60));
    PartitionSession session = begin(owner, stream);
    CommittableOffset offset = new CommittableOffset(session, 0, "0");
    session.emitting(offset, 0);
    owner.tell(new OwnerCommand.Stop("rebalanced"));
    awaitLine("StopRequested");
    session.emissionStopped();
    awaitLine("UserFinished");
    offset.acknowledge();
    awaitLine("Flushed");

    assertThat(lines)
        .filteredOn(line -> line.getLevel() == Level.DEBUG)
        .extracting(line -> line.getFormattedMessage().replaceAll(".*\\] (\\w+)\\[.*\\]: ", "$1 "))
        .containsExactly(
            "StreamOffered PARKED -> FENCING, then [Fence]",
            "Fenced FENCING -> RUNNING/ATTACHED, then [BeginEpoch, Attach]",
            "StopRequested RUNNING/ATTACHED -> DRAINING, then [BeginDrain, StartTimer]",
            "EmissionStopped DRAINING -> USER_FINISHING, then [LetUserFinish]",
            "UserFinished USER_FINISHING -> ACKNOWLEDGING, then []",
            "Drained ACKNOWLEDGING -> FLUSHING, then [Flush, StartTimer]",
            "Flushed FLUSHING -> STOPPED, then [EndEpoch, Stop]");
  }

  @Test
  void whatComesAfterTheEndIsNoDeadLetter() {
    TestProbe<DeadLetter> deadLetters = testKit.createTestProbe(DeadLetter.class);
    Adapter.toClassic(testKit.system())
        .eventStream()
        .subscribe(Adapter.toClassic(deadLetters.getRef()), DeadLetter.class);
    ActorRef<OwnerCommand> owner = owner();
    owner.tell(new OwnerCommand.Stop("the end"));
    deadLetters.expectTerminated(owner);

    owner.tell(new LifeInput.Flushed(1));
    owner.tell(OwnerCommand.Check.STALL);
    Adapter.toClassic(owner).tell("the last", org.apache.pekko.actor.ActorRef.noSender());

    assertThat(deadLetters.receiveMessage().message()).isEqualTo("the last");
  }
}
