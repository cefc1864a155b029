// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.continuity.SyntheticReadStarts;
import io.github.pekkoeventhubs.receive.TestEvents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Receivers that have got the event 9, and not the event 10. */
class StuckReceiversTest {

  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns", "orders", "$Default", "0");
  private static final long LAST = 9;

  private final Continuity continuity = Continuity.after(LAST, "");
  private final Run run = new Run();
  private final LivePartitionStatus status =
      new LivePartitionStatus(PARTITION, () -> 0, () -> Instant.EPOCH);
  private final List<EventHubsException> failures = new ArrayList<>();
  private StuckReceivers receivers = receivers(OnUndecodableEvents.FAIL);

  private final class Run implements PartitionRun {
    private long received = LAST;
    private int ownConnections;
    private int replaced;
    private boolean demand = true;
    private boolean hasOwnConnections = true;
    private Runnable whenDetached = () -> {};

    @Override
    public void attach(Consumer<ReceiverEnd> whenEnded, Runnable whenOutgrown) {}

    @Override
    public boolean detach() {
      whenDetached.run();
      return true;
    }

    @Override
    public void abandonConnection() {}

    @Override
    public boolean useOwnConnection() {
      if (!hasOwnConnections) {
        return false;
      }
      ownConnections++;
      return true;
    }

    @Override
    public void replaceReceiver() {
      replaced++;
    }

    @Override
    public void wake() {}

    @Override
    public long lastReceived() {
      return received;
    }

    @Override
    public void leaveOut(long sequenceNumber) {
      continuity.leaveOut(sequenceNumber);
      received = sequenceNumber;
    }

    @Override
    public long receivedCount() {
      return 0;
    }

    @Override
    public boolean hasDemand() {
      return demand;
    }

    @Override
    public void finish() {}
  }

  private StuckReceivers receivers(OnUndecodableEvents reaction) {
    ContinuitySettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .continuity()
            .withUndecodableEvents(reaction);
    return new StuckReceivers(
        OwnerLog.of(PARTITION), settings, continuity, run, status, failures::add);
  }

  @BeforeEach
  void firstReceiver() throws ReflectiveOperationException {
    begin();
  }

  private void begin() throws ReflectiveOperationException {
    assertThat(receivers.attaching()).isTrue();
    receivers.answered(ServiceAnswers.endingAt(20, "20"), false);
  }

  /** A receiver to which the event before comes, and no other one. */
  private boolean endsAfterTheEventBefore() {
    continuity.judge(TestEvents.event(LAST), LAST);
    receivers.endsWithoutReason();
    return receivers.attaching();
  }

  private boolean endsWithoutAnEvent() {
    receivers.endsWithoutReason();
    return receivers.attaching();
  }

  @Test
  void twoThatWorkAndEndWithoutAReasonShowTheEvent() {
    assertThat(endsWithoutAnEvent()).isTrue();
    assertThat(run.ownConnections).isEqualTo(1);
    assertThat(endsAfterTheEventBefore()).isTrue();
    assertThat(run.ownConnections).isEqualTo(2);

    assertThat(endsAfterTheEventBefore()).isFalse();
    assertThat(failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessageContaining("sequence number 10"));
  }

  @Test
  void oneThatHasNotGotTheEventBeforeShowsNothing() {
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsWithoutAnEvent()).isTrue();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void oneThatIsReplacedShowsNothing() throws ReflectiveOperationException {
    for (int receiver = 0; receiver < 10; receiver++) {
      continuity.judge(TestEvents.event(LAST), LAST);
      receivers.answered(ServiceAnswers.endingAt(20, "20"), true);
      assertThat(receivers.attaching()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
    assertThat(failures).isEmpty();
  }

  @Test
  void oneThatEndsWithAReasonShowsNothingAndMovesToNoOtherConnection() {
    for (int receiver = 0; receiver < 10; receiver++) {
      continuity.judge(TestEvents.event(LAST), LAST);
      assertThat(receivers.attaching()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
  }

  @Test
  void nothingIsMissedWhereThePartitionHasNoMoreEvents() throws ReflectiveOperationException {
    receivers.answered(ServiceAnswers.endingAt(LAST, "9"), false);
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsAfterTheEventBefore()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
  }

  @Test
  void nothingIsMissedWhileTheStreamAsksForNothing() {
    run.demand = false;
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsAfterTheEventBefore()).isTrue();
    }
    assertThat(run.ownConnections).isZero();
  }

  @Test
  void anEventThatComesInBetweenEndsTheSearch() {
    endsWithoutAnEvent();
    endsAfterTheEventBefore();
    run.received = LAST + 1;
    assertThat(endsAfterTheEventBefore()).isTrue();
    assertThat(failures).isEmpty();
    assertThat(run.ownConnections).isEqualTo(2);
  }

  @Test
  void anEventThatComesAtTheLastMomentCounts() {
    endsWithoutAnEvent();
    endsAfterTheEventBefore();
    run.whenDetached = () -> run.received = LAST + 1;
    assertThat(endsAfterTheEventBefore()).isTrue();
    assertThat(failures).isEmpty();
  }

  @Test
  void eventsThatAreLeftOutAreShownOneByOne() throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP);
    begin();
    endsWithoutAnEvent();
    for (int receiver = 0; receiver < 3; receiver++) {
      endsAfterTheEventBefore();
      assertThat(continuity.last()).isEqualTo(LAST);
    }
    endsAfterTheEventBefore();
    assertThat(continuity.last()).isEqualTo(10);

    // In turn: one after the event that was left out, and one that begins before it.
    for (int pair = 0; pair < 7; pair++) {
      endsWithoutAnEvent();
      assertThat(receivers.hasReachedNext()).isFalse();
      endsAfterTheEventBefore();
      assertThat(receivers.hasReachedNext()).isTrue();
      assertThat(continuity.last()).isEqualTo(10);
    }
    endsWithoutAnEvent();

    assertThat(continuity.last()).isEqualTo(11);
    assertThat(status.snapshot().undecodable()).isEqualTo(2);
    assertThat(failures).isEmpty();
  }

  @Test
  void theNextEventIsNotLeftOutByAFewReceiversThatNothingReached()
      throws ReflectiveOperationException {
    receivers = receivers(OnUndecodableEvents.SKIP);
    begin();
    endsWithoutAnEvent();
    for (int receiver = 0; receiver < 4; receiver++) {
      endsAfterTheEventBefore();
    }
    assertThat(continuity.last()).isEqualTo(10);

    for (int lost = 0; lost < 7; lost++) {
      // The one that begins after the event 10 is lost before anything has come.
      endsWithoutAnEvent();
      // The one that begins with the event 9 ends at the event 10, which cannot be decoded.
      endsAfterTheEventBefore();
    }
    assertThat(continuity.last()).isEqualTo(10);
  }

  @Test
  void oneThatDidNotGetTheEventBeforeIsFollowedByOneThatBeginsAfterIt() {
    ReadStart start = SyntheticReadStarts.at(EventPosition.earliest(), continuity);
    endsWithoutAnEvent();
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(LAST, true));
    assertThat(receivers.hasReachedNext()).isFalse();

    endsWithoutAnEvent();
    assertThat(start.next(true)).isEqualTo(EventPosition.fromSequenceNumber(LAST, false));
    assertThat(receivers.hasReachedNext()).isTrue();
  }

  @Test
  void noEventIsSearchedForOverACommonConnection() {
    run.hasOwnConnections = false;
    for (int receiver = 0; receiver < 10; receiver++) {
      assertThat(endsAfterTheEventBefore()).isTrue();
      assertThat(receivers.hasReachedNext()).isTrue();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void aReceiverWithItsOwnConnectionIsReplacedOnceEventsCome() {
    endsWithoutAnEvent();
    receivers.check(true);
    assertThat(run.replaced).isZero();

    run.received = LAST + 1;
    receivers.check(false);
    assertThat(run.replaced).isZero();
    receivers.check(true);
    assertThat(run.replaced).isEqualTo(1);

    assertThat(receivers.attaching()).isTrue();
    receivers.check(true);
    assertThat(run.replaced).isEqualTo(1);
    assertThat(run.ownConnections).isEqualTo(1);
  }

  @Test
  void theNextEventIsTheFirstOneThatThePartitionHas() throws ReflectiveOperationException {
    assertThat(receivers.next()).isEqualTo(LAST + 1);
    assertThat(receivers.hasNext()).isTrue();
    assertThat(receivers.missed()).isEmpty();

    receivers.answered(ServiceAnswers.from(13, 20, "20"), false);
    assertThat(receivers.next()).isEqualTo(13);
    assertThat(receivers.answers()).isEqualTo(2);
  }
}
