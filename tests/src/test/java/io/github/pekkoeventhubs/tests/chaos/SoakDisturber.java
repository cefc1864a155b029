// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.testkit.EventHubsFaults;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.Disturbed;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.GuestKind;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.Lasting;
import io.github.pekkoeventhubs.tests.nodes.ConsumerNodes;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Performs the faults of a soak one after the other, until it is closed. */
final class SoakDisturber implements AutoCloseable {

  /** Shorter than a claim is valid, so that the owner has it still. */
  private static final Duration PAUSE = Duration.ofSeconds(6);

  private static final Duration STREAM_STOPPED = Duration.ofSeconds(3);

  private final EmbeddedServices services;
  private final ConsumerNodes nodes;
  private final List<NodeProcess> residents;
  private final FaultHits hits;
  private final Disturber disturber;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "soak-disturber"));
  private int restarts;
  private @Nullable NodeProcess guest;

  /**
   * @param residents the nodes that have to live to the end
   */
  SoakDisturber(
      EmbeddedServices services, ConsumerNodes nodes, List<NodeProcess> residents, FaultHits hits) {
    this.services = services;
    this.nodes = nodes;
    this.residents = residents;
    this.hits = hits;
    disturber = new Disturber(services, SoakPlan.PARTITIONS, hits);
  }

  /** Performs the first fault after the interval. */
  void start(List<SoakFault> faults) {
    Iterator<SoakFault> next = faults.iterator();
    thread.scheduleAtFixedRate(
        () -> {
          if (next.hasNext()) {
            performOrRecord(next.next());
          }
        },
        SoakPlan.INTERVAL.toMillis(),
        SoakPlan.INTERVAL.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void performOrRecord(SoakFault fault) {
    try {
      perform(fault);
    } catch (RuntimeException e) {
      failures.add(fault.kindName() + " could not be performed: " + e);
    }
  }

  private void perform(SoakFault fault) {
    if (fault instanceof Disturbed disturbed) {
      disturber.disturb(disturbed.disturbance());
    } else if (fault instanceof Lasting lasting) {
      begin(lasting);
    } else {
      letGuestComeOrGo();
    }
  }

  private void begin(Lasting fault) {
    EventHubsFaults eventHubs = services.eventHubs().faults();
    String hub = EmbeddedServices.EVENT_HUB;
    switch (fault.kind()) {
      case PAUSE_STORE -> {
        BlobFault paused = services.blobs().faults().always().hold();
        hits.ordered(fault.kind(), paused::hits);
        later(PAUSE, paused::cancel);
      }
      case THROTTLE_PARTITION -> endLater(fault, eventHubs.throttle(hub, fault.partition(), 1));
      case STALL_PARTITION -> endLater(fault, eventHubs.stall(hub, fault.partition()));
      case LEAVE_QUESTIONS_UNANSWERED -> endLater(fault, eventHubs.ignoreNextPartitionQuestions(4));
      case RESTART_STREAM -> {
        NodeProcess resident = residents.get(restarts++ % residents.size());
        resident.stopStream();
        hits.hit(fault.kind());
        later(STREAM_STOPPED, resident::startStream);
      }
    }
  }

  private void endLater(Lasting fault, FaultHandle handle) {
    hits.ordered(fault.kind(), handle::hits);
    later(PAUSE, handle::cancel);
  }

  private void later(Duration delay, Runnable task) {
    thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void letGuestComeOrGo() {
    NodeProcess current = guest;
    if (current != null && current.isUp()) {
      hits.hit(GuestKind.GUEST_LEAVES);
      current.leave();
    } else if (current == null || !current.isAlive()) {
      guest = nodes.start();
      hits.hit(GuestKind.GUEST_JOINS);
    }
  }

  /** Faults that could not be performed, which would make the soak milder than it seems. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Performs no more faults, and waits until those that last are over. */
  void finish() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the faults do not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    disturber.close();
    NodeProcess last = guest;
    if (last != null && last.isAlive()) {
      last.leave();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    disturber.close();
  }
}
