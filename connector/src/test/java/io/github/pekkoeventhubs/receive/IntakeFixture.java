// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.continuity.SyntheticReadStarts;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import io.github.pekkoeventhubs.ownership.TestSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** An intake on links that the test serves by hand. */
abstract class IntakeFixture {

  static final int MAX_EVENTS = 8;
  static final EventPosition START = EventPosition.fromOffsetString("start");

  final List<EventPosition> positions = new ArrayList<>();
  final List<ManualReceiver> links = new ArrayList<>();
  final List<EventHubPartition> abandonedConnections = new ArrayList<>();
  final List<EventHubPartition> silentConnections = new ArrayList<>();
  final List<EventHubPartition> leftConnections = new ArrayList<>();
  final List<Integer> prefetchCounts = new ArrayList<>();
  final List<ReceiverEnd> ends = new ArrayList<>();
  final AtomicInteger outgrown = new AtomicInteger();
  final AtomicInteger finishRequests = new AtomicInteger();
  final AtomicInteger abandonments = new AtomicInteger();
  final AtomicInteger wakeUps = new AtomicInteger();
  final AtomicInteger drained = new AtomicInteger();
  final AtomicBoolean paused = new AtomicBoolean();
  final AtomicLong now = new AtomicLong();
  final List<Runnable> dueLooks = new ArrayList<>();
  final StageSignal.Timer looks = (delay, task) -> dueLooks.add(task);

  /** The place to which links deliver the events of an intake. */
  UnaryOperator<PartitionReceiver.Destination> destination = UnaryOperator.identity();

  volatile Runnable beforeRequest = () -> {};
  volatile Runnable onWakeUp = () -> {};
  final StageSignal signal =
      new StageSignal(
          () -> {
            wakeUps.incrementAndGet();
            onWakeUp.run();
          });
  final PartitionSession session = TestSessions.session("0", true, 40);
  final PartitionIntake intake = intake(new IntakeWindow(MAX_EVENTS, Long.MAX_VALUE));

  PartitionIntake intake(IntakeWindow window) {
    return intake(window, new LinkPrefetch(1, 1));
  }

  PartitionIntake intake(IntakeWindow window, LinkPrefetch prefetch) {
    PartitionIntake created =
        new PartitionIntake(
            session,
            SyntheticReadStarts.at(START),
            window,
            prefetch,
            new ReceiverSource() {
              @Override
              public PartitionReceiver open(
                  EventHubPartition partition,
                  EventPosition after,
                  int prefetchCount,
                  PartitionReceiver.Destination owner,
                  PartitionReceiver.Ends whoHears) {
                positions.add(after);
                prefetchCounts.add(prefetchCount);
                links.add(new ManualReceiver(() -> beforeRequest.run()));
                return new PartitionReceiver(
                    links.get(links.size() - 1),
                    destination.apply(owner),
                    new ServiceErrors("ns", "orders", "$Default"),
                    whoHears,
                    Runnable::run);
              }

              @Override
              public boolean hasSilentConnection(EventHubPartition partition) {
                return silentConnections.contains(partition);
              }

              @Override
              public void abandonConnection(EventHubPartition partition) {
                abandonedConnections.add(partition);
              }

              @Override
              public void leaveConnection(EventHubPartition partition) {
                leftConnections.add(partition);
              }
            },
            finished -> finishRequests.incrementAndGet(),
            paused::get,
            abandonments::incrementAndGet,
            looks,
            now::get);
    created.emitTo(signal);
    created.beginTurn();
    return created;
  }

  ManualReceiver attach(PartitionIntake attaching) {
    attaching.attach(ends::add, outgrown::incrementAndGet);
    return links.get(links.size() - 1);
  }

  ManualReceiver attach() {
    return attach(intake);
  }

  static void deliver(ManualReceiver link, long from, long to) {
    for (long i = from; i <= to; i++) {
      link.deliver(TestEvents.event(i));
    }
  }

  /** The sequence numbers of everything that may be emitted now. */
  List<Long> pollAll() {
    List<Long> result = new ArrayList<>();
    intake.beginTurn();
    PartitionEvent event;
    while ((event = intake.poll()) != null) {
      result.add(event.getData().getSequenceNumber());
      intake.beginTurn();
    }
    return result;
  }
}
