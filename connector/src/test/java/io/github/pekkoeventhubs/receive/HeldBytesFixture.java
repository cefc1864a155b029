// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.continuity.SyntheticReadStarts;
import io.github.pekkoeventhubs.ownership.TestSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A partition that has all its events already, a connection of a certain speed, and a stream of any
 * pace, in a time of its own. The bytes are counted that the SDK and the intake hold.
 */
final class HeldBytesFixture {

  /** What the tests allow a partition to hold: the default of {@code max-buffered-bytes}. */
  static final long BOUND = 8 << 20;

  private static final int ATTACHING_MILLIS = 20;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Task(long at, Runnable task) {}

  private final int events;
  private final IntUnaryOperator sizes;
  private final long bytesPerMilli;
  private final long[] bytesBefore;
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>((one, other) -> Long.compare(one.at(), other.at()));
  private final PartitionIntake intake;
  private final List<Integer> links = new ArrayList<>();
  private @Nullable Link link;
  private long now;
  private long emitted;
  private long mostHeld;

  /**
   * @param events how many events there are
   * @param sizes the size in bytes of each
   * @param bytesPerMilli what the connection brings within a millisecond
   */
  HeldBytesFixture(int events, IntUnaryOperator sizes, long bytesPerMilli) {
    this.events = events;
    this.sizes = sizes;
    this.bytesPerMilli = bytesPerMilli;
    this.bytesBefore = new long[events + 1];
    for (int i = 0; i < events; i++) {
      bytesBefore[i + 1] = bytesBefore[i] + sizes.applyAsInt(i);
    }
    intake =
        new PartitionIntake(
            TestSessions.session("0", true, Integer.MAX_VALUE),
            SyntheticReadStarts.at(IntakeFixture.START),
            new IntakeWindow(4_000, BOUND / 8 * 3),
            new LinkPrefetch(2_000, BOUND / 4),
            new Receivers(),
            finished -> {},
            () -> false,
            () -> {},
            this::later,
            () -> now);
    intake.emitTo(
        new StageSignal(() -> {}, () -> now, this::later, DelayRule.ARRIVALS_WORTH_A_TIMER));
    attach();
  }

  private void later(Duration delay, Runnable task) {
    tasks.add(new Task(now + delay.toNanos(), task));
  }

  private void attach() {
    intake.attach(
        end -> {
          throw new AssertionError(end.toString());
        },
        () -> later(Duration.ofMillis(ATTACHING_MILLIS), this::attach));
  }

  /** A stream takes so many events at once, and again after so many milliseconds. */
  void run(int millis, int eventsAtOnce, int everyMillis) {
    for (int milli = 0; milli < millis && emitted < events; milli++) {
      if (milli % everyMillis == 0) {
        take(eventsAtOnce);
      }
      now += NANOS_PER_MILLI;
      for (Task next = tasks.peek(); next != null && next.at() <= now; next = tasks.peek()) {
        tasks.remove().task().run();
      }
      Link current = link;
      if (current != null) {
        current.bring();
      }
      mostHeld = Math.max(mostHeld, held());
    }
  }

  private void take(int eventsAtOnce) {
    for (int i = 0; i < eventsAtOnce; i++) {
      PartitionEvent event = intake.poll();
      if (event == null) {
        intake.beginTurn();
        event = intake.poll();
      }
      if (event == null) {
        intake.beforeWait();
        event = intake.poll();
      }
      if (event == null) {
        return;
      }
      emitted++;
    }
  }

  private long held() {
    Link current = link;
    long arrived = current == null ? 0 : current.arrived;
    return bytesBefore[(int) Math.max(arrived, intake.receivedCount())]
        - bytesBefore[(int) emitted];
  }

  /** The most bytes that were held at any time. */
  long mostHeld() {
    return mostHeld;
  }

  /** How many events there are. */
  int events() {
    return events;
  }

  /** How many events the stream has taken. */
  long emitted() {
    return emitted;
  }

  /** How many events each link may hold. */
  List<Integer> links() {
    return links;
  }

  /** How many timers run. */
  int timers() {
    return tasks.size();
  }

  private final class Receivers implements ReceiverSource {
    @Override
    public PartitionReceiver open(
        EventHubPartition partition,
        EventPosition after,
        int prefetchCount,
        PartitionReceiver.Destination destination,
        PartitionReceiver.Ends ends) {
      links.add(prefetchCount);
      Link opened = new Link(prefetchCount, intake.receivedCount());
      link = opened;
      return new PartitionReceiver(
          opened, destination, new ServiceErrors("ns", "orders", "$Default"), ends, Runnable::run);
    }

    @Override
    public boolean hasSilentConnection(EventHubPartition partition) {
      return false;
    }

    @Override
    public void abandonConnection(EventHubPartition partition) {}

    @Override
    public void leaveConnection(EventHubPartition partition) {}
  }

  /** The SDK's link: it holds as many events as its credit, however few were requested. */
  private final class Link extends Flux<PartitionEvent> {
    private final int prefetchCount;
    private long arrived;
    private long delivered;
    private long requested;
    private long broughtBytes;
    private boolean delivering;
    private @Nullable CoreSubscriber<? super PartitionEvent> subscriber;

    Link(int prefetchCount, long first) {
      this.prefetchCount = prefetchCount;
      this.delivered = first;
      this.arrived = delivered;
      this.requested = delivered;
    }

    /** What the connection brings within a millisecond, after which the service gets new credit. */
    void bring() {
      long sent = Math.min(events, delivered + prefetchCount);
      broughtBytes = Math.min(broughtBytes, 1 << 20) + bytesPerMilli;
      while (link == this && arrived < sent) {
        int bytes = sizes.applyAsInt((int) arrived);
        if (bytes > broughtBytes) {
          return;
        }
        broughtBytes -= bytes;
        arrived++;
        deliver();
      }
    }

    @Override
    public void subscribe(CoreSubscriber<? super PartitionEvent> actual) {
      subscriber = actual;
      actual.onSubscribe(
          new Subscription() {
            @Override
            public void request(long more) {
              requested += more;
              deliver();
            }

            @Override
            public void cancel() {
              // What the SDK holds is dropped.
              if (link == Link.this) {
                link = null;
              }
            }
          });
    }

    private void deliver() {
      CoreSubscriber<? super PartitionEvent> to = subscriber;
      if (delivering || to == null) {
        return;
      }
      delivering = true;
      while (link == this && delivered < Math.min(requested, arrived)) {
        long number = delivered++;
        to.onNext(TestEvents.event("0", number, sizes.applyAsInt((int) number)));
      }
      delivering = false;
    }
  }
}
