// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import io.github.pekkoeventhubs.receive.TestEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** Receivers that have got the event 9, and not the event 10. */
abstract class StuckReceiversFixture {

  static final EventHubPartition PARTITION = new EventHubPartition("ns", "orders", "$Default", "0");
  static final long LAST = 9;

  final Continuity continuity = Continuity.after(LAST, "");
  final Run run = new Run();
  final LivePartitionStatus status =
      new LivePartitionStatus(PARTITION, () -> 0, () -> Instant.EPOCH);
  final List<EventHubsException> failures = new ArrayList<>();
  final EventsInWork inWork =
      new EventsInWork(
          OwnerLog.of(PARTITION),
          TestSessions.session("0", true, 10),
          run,
          Duration.ofSeconds(8),
          () -> 0);
  StuckReceivers receivers = receivers(OnUndecodableEvents.FAIL);

  final class Run extends QuietRun {
    final List<OwnConnection> wishes = new ArrayList<>();
    long received = LAST;
    long count;
    int ownConnections;
    int replaced;
    long waiting;
    boolean demand = true;
    boolean hasOwnConnections = true;
    Runnable whenDetached = () -> {};

    @Override
    public boolean detach() {
      whenDetached.run();
      return true;
    }

    @Override
    public boolean useOwnConnection(OwnConnection wish) {
      wishes.add(wish);
      if (!hasOwnConnections || wish == OwnConnection.NOT_WANTED) {
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
      return count;
    }

    @Override
    public Progress progress() {
      return new Progress(waiting, 0, waiting, null);
    }

    @Override
    public boolean hasDemand() {
      return demand;
    }
  }

  static ContinuitySettings settings(OnUndecodableEvents reaction) {
    return ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
        .continuity()
        .withUndecodableEvents(reaction);
  }

  StuckReceivers receivers(OnUndecodableEvents reaction) {
    return receivers(reaction, continuity);
  }

  StuckReceivers receivers(OnUndecodableEvents reaction, Continuity before) {
    return new StuckReceivers(
        OwnerLog.of(PARTITION), settings(reaction), before, run, status, inWork, failures::add);
  }

  @BeforeEach
  void firstReceiver() throws ReflectiveOperationException {
    begin();
  }

  void begin() throws ReflectiveOperationException {
    assertThat(receivers.attaching()).isTrue();
    receivers.answered(ServiceAnswers.endingAt(20, "20"), false);
  }

  /** A receiver to which the event before comes, and no other one. */
  boolean endsAfterTheEventBefore() {
    continuity.judge(TestEvents.event(LAST), LAST);
    receivers.endsWithoutReason();
    return receivers.attaching();
  }

  boolean endsWithoutAnEvent() {
    receivers.endsWithoutReason();
    return receivers.attaching();
  }
}
