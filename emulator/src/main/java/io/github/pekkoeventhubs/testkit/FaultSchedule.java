// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.PUT_BLOB;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.SET_METADATA;

import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Faults at random times: a pure function of its seed, so that a failed run can be repeated. Its
 * {@code toString} lists the faults; print it when a test fails.
 *
 * <pre>{@code
 * try (FaultSchedule.Run faults = FaultSchedule.of(4711, Duration.ofSeconds(5), 30).start(hub)) {
 *   …
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
public final class FaultSchedule {

  /** The kinds of faults. */
  public enum Kind {
    /** {@link EventHubsFaults#dropConnections()}. */
    DROP_CONNECTIONS(true),
    /** {@link EventHubsFaults#closeConnections()}. */
    CLOSE_CONNECTIONS(true),
    /** {@link EventHubsFaults#closeConnections(String)} with {@code amqp:connection:forced}. */
    CLOSE_CONNECTIONS_WITH_ERROR(true),
    /** {@link EventHubsFaults#freezeConnections()} for a while. */
    FREEZE_CONNECTIONS(false),
    /** {@link EventHubsFaults#detachReceivers(String, String)}. */
    DETACH_RECEIVERS(true),
    /** {@link EventHubsFaults#detachReceivers(String, String, String)}. */
    DETACH_RECEIVERS_WITH_ERROR(true),
    /** {@link EventHubsFaults#detachSenders()}. */
    DETACH_SENDERS(true),
    /** {@link EventHubsFaults#detachSenders(String)} with {@code amqp:link:detach-forced}. */
    DETACH_SENDERS_WITH_ERROR(true),
    /** {@link EventHubsFaults#detachLinks()}. */
    DETACH_LINKS(true),
    /** {@link EventHubsFaults#detachLinks(String)} with {@code amqp:link:detach-forced}. */
    DETACH_LINKS_WITH_ERROR(true),
    /** {@link EventHubsFaults#endSessions()}. */
    END_SESSIONS(true),
    /** {@link EventHubsFaults#refuseNextAttaches}. */
    REFUSE_RECEIVERS(true),
    /** {@link EventHubsFaults#refuseNextSenders}. */
    REFUSE_SENDERS(true),
    /** {@link EventHubsFaults#refuseNextManagementLinks}, of whatever event hub. */
    REFUSE_MANAGEMENT_LINKS(true),
    /** {@link EventHubsFaults#refuseNextTokenLinks}, of whatever event hub. */
    REFUSE_TOKEN_LINKS(true),
    /** {@link EventHubsFaults#rejectNextSends}. */
    REJECT_SENDS(true),
    /** {@link EventHubsFaults#delayNextSends}. */
    DELAY_SENDS(true),
    /** {@link EventHubsFaults#acceptButLoseNextSends}. */
    LOSE_REPLIES_TO_SENDS(true),
    /** {@link EventHubsFaults#stall} for a while. */
    STALL(false),
    /** {@link EventHubsFaults#throttle} for a while. */
    THROTTLE(false),
    /** {@link EventHubsFaults#steal} for a while, with a very high owner level. */
    STEAL(false),
    /** {@link EventHubsFaults#jumpClock} for a while, of the whole service. */
    JUMP_CLOCK(false),
    /** {@link EventHubsFaults#moveRetention} past every event: they are lost. Not by default. */
    MOVE_RETENTION(true),
    /** {@link EventHubsFaults#recreateEventHub}: all events are lost. Not by default. */
    RECREATE_EVENT_HUB(true),
    /** Requests for blobs are answered with 503. */
    BLOBS_BUSY(true),
    /** Requests for blobs are answered with 500. */
    BLOBS_FAIL(true),
    /** Writes of blobs are answered with 412. */
    BLOB_CONDITION_FAILS(true),
    /** Writes of blobs are answered with 409. */
    BLOB_CONFLICT(true),
    /** Requests for blobs are answered with 404, as if a checkpoint was gone. Not by default. */
    BLOB_MISSING(true),
    /** Requests for blobs are answered late. */
    BLOBS_SLOW(true),
    /** Requests for blobs are answered at once, but slowly. */
    BLOB_REPLY_SLOW(true),
    /** Writes of blobs are applied, and the reply is lost. */
    BLOB_REPLY_LOST(true),
    /** Connections to the Blob service are closed instead of an answer. */
    BLOB_CONNECTION_DROPPED(true),
    /** Connections to the Blob service are reset. */
    BLOB_CONNECTION_RESET(true),
    /** {@link BlobEmulator#jumpClock} for a while, of the whole service. */
    JUMP_BLOB_CLOCK(false);

    private final boolean endsByItself;

    Kind(boolean endsByItself) {
      this.endsByItself = endsByItself;
    }
  }

  /** Faults that a stream must survive without losing an event. */
  private static final Set<Kind> DEFAULT_KINDS =
      Collections.unmodifiableSet(
          EnumSet.complementOf(
              EnumSet.of(Kind.MOVE_RETENTION, Kind.RECREATE_EVENT_HUB, Kind.BLOB_MISSING)));

  /**
   * One fault.
   *
   * @param at after the start
   * @param pick chooses the partition, whatever their number
   * @param count of attaches, sends or requests, for faults that hit the next ones
   * @param lasting for faults that end
   */
  public record Step(Duration at, Kind kind, int pick, int count, Duration lasting) {}

  private final long seed;
  private final Duration length;
  private final int count;
  private final List<Step> steps;

  private FaultSchedule(long seed, Duration length, int count, Set<Kind> kinds) {
    this.seed = seed;
    this.length = length;
    this.count = count;
    this.steps = steps(new Random(seed), length, count, List.copyOf(EnumSet.copyOf(kinds)));
  }

  /**
   * A schedule of all kinds of faults that lose no event.
   *
   * @param length in which the faults begin
   * @param count of the faults
   */
  public static FaultSchedule of(long seed, Duration length, int count) {
    if (length.isNegative() || length.isZero() || count < 1) {
      throw new IllegalArgumentException(
          "A schedule needs a positive length and at least 1 fault, not %s and %d"
              .formatted(length, count));
    }
    return new FaultSchedule(seed, length, count, DEFAULT_KINDS);
  }

  /** The schedule of the same seed with these kinds of faults only. */
  public FaultSchedule only(Kind first, Kind... others) {
    return new FaultSchedule(seed, length, count, EnumSet.of(first, others));
  }

  private static List<Step> steps(Random random, Duration length, int count, List<Kind> kinds) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Duration at = Duration.ofNanos((long) (random.nextDouble() * length.toNanos()));
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      Duration lasting = length.dividedBy(20 + random.nextInt(20));
      steps.add(
          new Step(at, kind, random.nextInt(Integer.MAX_VALUE), 1 + random.nextInt(3), lasting));
    }
    steps.sort(Comparator.comparing(Step::at));
    return List.copyOf(steps);
  }

  /** Returns the faults to come, in the order of their times. */
  public List<Step> steps() {
    return steps;
  }

  /** Begins, for the clients of this event hub and of these blobs. */
  public Run start(FaultTarget target) {
    return new Run(
        steps,
        new Target(
            target.faults(),
            target.blobFaults(),
            target.blobs(),
            target.name(),
            target.consumerGroup(),
            target.partitionIds()));
  }

  /** Begins, for the clients of this event hub and all clients of the Blob service. */
  public Run start(
      EventHubsEmulator eventHubs, String eventHub, String consumerGroup, BlobEmulator blobs) {
    return new Run(
        steps,
        new Target(
            eventHubs.faults(eventHub),
            blobs.faults(),
            blobs,
            eventHub,
            consumerGroup,
            eventHubs.partitionIds(eventHub)));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("fault schedule of seed " + seed);
    steps.forEach(step -> text.append("\n  ").append(step));
    return text.toString();
  }

  /** A fault that was begun, and how often it has hit. */
  public record Performed(Step step, FaultHandle handle) {}

  /** A schedule that runs. Thread-safe. */
  public static final class Run implements AutoCloseable {

    private final Target target;
    private final ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "fault-schedule");
              made.setDaemon(true);
              return made;
            });
    private final CountDownLatch unfinished;

    /** Guarded by itself. */
    private final List<Performed> performed = new ArrayList<>();

    private final AtomicReference<@Nullable Failure> firstFailure = new AtomicReference<>();

    private Run(List<Step> steps, Target target) {
      this.target = target;
      this.unfinished = new CountDownLatch(steps.size());
      steps.forEach(
          step -> thread.schedule(() -> perform(step), step.at().toNanos(), TimeUnit.NANOSECONDS));
    }

    private void perform(Step step) {
      FaultHandle handle;
      try {
        handle = target.begin(step);
      } catch (RuntimeException failed) {
        firstFailure.compareAndSet(null, new Failure(step, failed));
        unfinished.countDown();
        return;
      }
      synchronized (performed) {
        performed.add(new Performed(step, handle));
      }
      if (step.kind().endsByItself) {
        unfinished.countDown();
      } else {
        thread.schedule(() -> end(handle), step.lasting().toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    private void end(FaultHandle handle) {
      handle.cancel();
      unfinished.countDown();
    }

    /** The faults that have begun so far. */
    public List<Performed> steps() {
      synchronized (performed) {
        return List.copyOf(performed);
      }
    }

    /** How often faults have hit so far, all together. */
    public long hits() {
      return steps().stream().mapToLong(step -> step.handle().hits()).sum();
    }

    /**
     * Waits until all faults have begun and those that last for a while are over. Faults that wait
     * for the next request may still be waiting.
     *
     * @throws IllegalStateException if one of them could not begin
     */
    public void await() {
      try {
        unfinished.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while faults were awaited", e);
      }
      throwFailure();
    }

    /**
     * Ends all faults, those too that have not hit yet.
     *
     * @throws IllegalStateException if one of them could not begin
     */
    @Override
    public void close() {
      thread.shutdownNow();
      try {
        thread.awaitTermination(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      steps().forEach(step -> step.handle().cancel());
      throwFailure();
    }

    private void throwFailure() {
      Failure first = firstFailure.get();
      if (first != null) {
        throw new IllegalStateException("A fault could not begin: " + first.step(), first.cause());
      }
    }

    private record Failure(Step step, RuntimeException cause) {}
  }

  /** The services in which the faults happen. */
  private record Target(
      EventHubsFaults eventHubs,
      BlobFaults blobs,
      BlobEmulator blobService,
      String eventHub,
      String consumerGroup,
      List<String> partitionIds) {

    private static final String BUSY = "com.microsoft:server-busy";
    private static final String DETACHED = "amqp:link:detach-forced";

    FaultHandle begin(Step step) {
      String partitionId = partitionIds.get(step.pick() % partitionIds.size());
      BlobFaults.Rule requests = blobs.next(step.count());
      BlobFaults.Rule writes = requests.of(SET_METADATA, PUT_BLOB);
      return switch (step.kind()) {
        case DROP_CONNECTIONS -> eventHubs.dropConnections();
        case CLOSE_CONNECTIONS -> eventHubs.closeConnections();
        case CLOSE_CONNECTIONS_WITH_ERROR -> eventHubs.closeConnections("amqp:connection:forced");
        case FREEZE_CONNECTIONS -> eventHubs.freezeConnections();
        case DETACH_RECEIVERS -> eventHubs.detachReceivers(eventHub, partitionId);
        case DETACH_RECEIVERS_WITH_ERROR ->
            eventHubs.detachReceivers(eventHub, partitionId, DETACHED);
        case DETACH_SENDERS -> eventHubs.detachSenders();
        case DETACH_SENDERS_WITH_ERROR -> eventHubs.detachSenders(DETACHED);
        case DETACH_LINKS -> eventHubs.detachLinks();
        case DETACH_LINKS_WITH_ERROR -> eventHubs.detachLinks(DETACHED);
        case END_SESSIONS -> eventHubs.endSessions();
        case REFUSE_RECEIVERS -> eventHubs.refuseNextAttaches(step.count(), BUSY, "A fault");
        case REFUSE_SENDERS -> eventHubs.refuseNextSenders(step.count(), BUSY, "A fault");
        case REFUSE_MANAGEMENT_LINKS ->
            eventHubs.refuseNextManagementLinks(step.count(), BUSY, "A fault");
        case REFUSE_TOKEN_LINKS -> eventHubs.refuseNextTokenLinks(step.count(), BUSY, "A fault");
        case REJECT_SENDS -> eventHubs.rejectNextSends(step.count(), BUSY);
        case DELAY_SENDS -> eventHubs.delayNextSends(step.count(), step.lasting());
        case LOSE_REPLIES_TO_SENDS -> eventHubs.acceptButLoseNextSends(step.count());
        case STALL -> eventHubs.stall(eventHub, partitionId);
        case THROTTLE -> eventHubs.throttle(eventHub, partitionId, 100);
        case STEAL -> steal(partitionId, Long.MAX_VALUE - step.pick());
        case JUMP_CLOCK -> eventHubs.jumpClock(Duration.ofMinutes(step.count()));
        case MOVE_RETENTION -> eventHubs.moveRetention(eventHub, partitionId, Long.MAX_VALUE);
        case RECREATE_EVENT_HUB -> eventHubs.recreateEventHub(eventHub, partitionIds.size());
        case BLOBS_BUSY -> handle(requests.answer(503, "ServerBusy"));
        case BLOBS_FAIL -> handle(requests.answer(500, "InternalError"));
        case BLOB_CONDITION_FAILS -> handle(writes.answer(412, "ConditionNotMet"));
        case BLOB_CONFLICT -> handle(requests.of(PUT_BLOB).answer(409, "BlobAlreadyExists"));
        case BLOB_MISSING -> handle(requests.answer(404, "BlobNotFound"));
        case BLOBS_SLOW -> handle(requests.delay(step.lasting()));
        case BLOB_REPLY_SLOW -> handle(requests.slowReply(step.lasting()));
        case BLOB_REPLY_LOST -> handle(writes.dropReply());
        case BLOB_CONNECTION_DROPPED -> handle(requests.dropConnection());
        case BLOB_CONNECTION_RESET -> handle(requests.resetConnection());
        case JUMP_BLOB_CLOCK -> blobService.jumpClock(Duration.ofMinutes(step.count()));
      };
    }

    /** If two faults take the partition at one time, the one with the higher owner level has it. */
    private FaultHandle steal(String partitionId, long ownerLevel) {
      try {
        return eventHubs.steal(eventHub, consumerGroup, partitionId, ownerLevel);
      } catch (IllegalStateException stolenAlready) {
        return new FaultHandle(() -> 0, () -> {});
      }
    }

    private static FaultHandle handle(BlobFault fault) {
      return new FaultHandle(fault::hits, fault::cancel);
    }
  }
}
