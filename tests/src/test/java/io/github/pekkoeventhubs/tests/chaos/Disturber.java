// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.PUT_BLOB;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.SET_METADATA;

import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.testkit.EventHubsFaults;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.Disturbance;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.DisturbanceKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Disturbs the services at the times of a plan, until it is closed. */
final class Disturber implements AutoCloseable {

  private static final Duration SLOW = Duration.ofMillis(700);

  /** A request of the nodes is given up after 1.5 s. */
  private static final Duration TOO_SLOW = Duration.ofMillis(2_500);

  /** For longer than the nodes wait before they ask why nothing comes. */
  private static final Duration FROZEN = Duration.ofSeconds(8);

  /** About as long as it takes until the plan has the next fault. */
  private static final Duration PASSES = Duration.ofSeconds(1);

  /** The pause before a fault that nobody has met comes again, and how often it comes in all. */
  private static final Duration COMES_AGAIN = Duration.ofSeconds(2);

  private static final int MOST_ORDERS = 6;

  private final EventHubsFaults eventHubs;
  private final BlobFaults blobs;
  private final int partitions;
  private final FaultHits hits;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "disturber"));

  Disturber(EmbeddedServices services, int partitions, FaultHits hits) {
    this.partitions = partitions;
    eventHubs = services.eventHubs().faults();
    blobs = services.blobs().faults();
    this.hits = hits;
  }

  /** Performs at once those that can only hit the first owners. */
  void disturbTheStart(List<Disturbance> disturbances) {
    disturbances.stream().filter(Disturber::concernsTheStart).forEach(this::disturb);
  }

  /** Performs the others, again and again. */
  void start(List<Disturbance> disturbances) {
    disturbances.stream()
        .filter(disturbance -> !concernsTheStart(disturbance))
        .forEach(
            disturbance ->
                thread.scheduleAtFixedRate(
                    () -> hits.ordered(disturbance.kind(), perform(disturbance)),
                    disturbance.at().toMillis(),
                    ChaosPlan.DISTURBED.toMillis(),
                    TimeUnit.MILLISECONDS));
  }

  /** Performs one now. */
  void disturb(Disturbance disturbance) {
    thread.execute(() -> hits.ordered(disturbance.kind(), perform(disturbance)));
  }

  private static boolean concernsTheStart(Disturbance disturbance) {
    return disturbance.kind() == DisturbanceKind.BLOB_CONFLICT;
  }

  /** Answers how to ask for its hits. */
  private LongSupplier perform(Disturbance disturbance) {
    String hub = EmbeddedServices.EVENT_HUB;
    String partition = disturbance.partition();
    BlobFaults.Rule requests = blobs.next(disturbance.count());
    BlobFaults.Rule writes = requests.of(SET_METADATA, PUT_BLOB);
    return switch (disturbance.kind()) {
      case DROP_SOCKETS -> eventHubs.dropConnections()::hits;
      case CLOSE_CONNECTIONS -> eventHubs.closeConnections("amqp:connection:forced")::hits;
      case FREEZE_CONNECTIONS -> {
        FaultHandle frozen = eventHubs.freezeConnections();
        thread.schedule(frozen::cancel, FROZEN.toMillis(), TimeUnit.MILLISECONDS);
        yield frozen::hits;
      }
      case DETACH -> oneThatIsRead(partition, id -> eventHubs.detachReceivers(hub, id));
      case DETACH_WITH_ERROR ->
          oneThatIsRead(
              partition, id -> eventHubs.detachReceivers(hub, id, "amqp:link:detach-forced"));
      case STEAL_LINK ->
          oneThatIsRead(partition, id -> eventHubs.detachReceivers(hub, id, "amqp:link:stolen"));
      case BLOBS_BUSY -> passing(() -> requests.answer(503, "ServerBusy"));
      case BLOBS_SLOW -> passing(() -> requests.delay(SLOW));
      case BLOBS_TIME_OUT -> passing(() -> requests.delay(TOO_SLOW));
      case BLOB_REPLY_TOO_LATE -> writes.slowReply(TOO_SLOW)::hits;
      case BLOB_REPLY_LOST -> writes.dropReply()::hits;
      case BLOB_CONNECTION_DROPPED -> passing(() -> requests.dropConnection());
      case BLOB_CONDITION_FAILED -> writes.answer(412, "ConditionNotMet")::hits;
      case BLOB_CONFLICT -> requests.of(PUT_BLOB).answer(409, "BlobAlreadyExists")::hits;
      case BLOBS_THROTTLED_WITHOUT_CODE -> passing(() -> requests.answerWithoutHeaders(429));
      case BLOBS_BUSY_WITHOUT_CODE -> passing(() -> requests.answerWithoutHeaders(503));
      case BLOBS_BAD_GATEWAY -> passing(() -> requests.answerWithHtml(502));
      case BLOBS_GATEWAY_TIMEOUT -> passing(() -> requests.answerWithHtml(504));
      case BLOB_CONDITION_FAILED_WITHOUT_CODE -> writes.answerWithoutHeaders(412)::hits;
      case BLOBS_FORBIDDEN_WITHOUT_CODE -> passing(() -> requests.answerWithoutHeaders(403));
      case BLOB_IMMUTABLE -> writes.answer(409, "BlobImmutableDueToPolicy")::hits;
    };
  }

  /**
   * A fault of any request, which ends soon. Owners without a partition ask seldom: the faults of a
   * plan would wait for their requests, more and more of them, and end as an outage of the store.
   * Where nobody has asked meanwhile, it comes again a little later.
   */
  private LongSupplier passing(Supplier<BlobFault> order) {
    List<BlobFault> ordered = new CopyOnWriteArrayList<>();
    order(order, ordered);
    return () -> ordered.stream().mapToLong(BlobFault::hits).sum();
  }

  private void order(Supplier<BlobFault> order, List<BlobFault> ordered) {
    BlobFault fault = order.get();
    ordered.add(fault);
    thread.schedule(
        () -> {
          fault.cancel();
          if (fault.hits() == 0 && ordered.size() < MOST_ORDERS) {
            thread.schedule(
                () -> order(order, ordered), COMES_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
          }
        },
        PASSES.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Hits this partition, or where it is not read just now the next one that is. */
  private LongSupplier oneThatIsRead(String partition, Function<String, FaultHandle> fault) {
    FaultHandle handle = fault.apply(partition);
    for (int next = 1; handle.hits() == 0 && next < partitions; next++) {
      handle = fault.apply(Integer.toString((Integer.parseInt(partition) + next) % partitions));
    }
    return handle::hits;
  }

  /** Ends all faults, those that were ordered and have not hit too. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the disturber does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    blobs.clear();
  }
}
