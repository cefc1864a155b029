// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static io.github.pekkoeventhubs.testkit.blob.BlobOperation.PUT_BLOB;
import static io.github.pekkoeventhubs.testkit.blob.BlobOperation.SET_METADATA;

import io.github.pekkoeventhubs.testkit.EventHubsFaults;
import io.github.pekkoeventhubs.testkit.blob.BlobFaults;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.Disturbance;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Disturbs the services at the times of a plan, until it is closed. */
final class Disturber implements AutoCloseable {

  /** Longer than a request's timeout, so that the client gives up on what is then applied. */
  private static final Duration SLOW = Duration.ofSeconds(2);

  private final EventHubsFaults eventHubs;
  private final BlobFaults blobs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "disturber"));

  Disturber(EmbeddedServices services) {
    eventHubs = services.eventHubs().faults();
    blobs = services.blobs().faults();
  }

  void start(List<Disturbance> disturbances) {
    for (Disturbance disturbance : disturbances) {
      thread.schedule(
          () -> perform(disturbance), disturbance.at().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void perform(Disturbance disturbance) {
    String hub = EmbeddedServices.EVENT_HUB;
    String partition = disturbance.partition();
    BlobFaults.Rule requests = blobs.next(disturbance.count());
    BlobFaults.Rule writes = requests.of(SET_METADATA, PUT_BLOB);
    switch (disturbance.kind()) {
      case DROP_SOCKETS -> eventHubs.dropConnections();
      case CLOSE_CONNECTIONS -> eventHubs.closeConnections("amqp:connection:forced");
      case DETACH -> eventHubs.detachReceivers(hub, partition);
      case DETACH_WITH_ERROR ->
          eventHubs.detachReceivers(hub, partition, "amqp:link:detach-forced");
      case STEAL_LINK -> eventHubs.detachReceivers(hub, partition, "amqp:link:stolen");
      case BLOBS_BUSY -> requests.answer(503, "ServerBusy");
      case BLOBS_SLOW -> writes.delay(SLOW);
      case BLOB_CONDITION_FAILED -> writes.answer(412, "ConditionNotMet");
      case BLOB_CONFLICT -> requests.of(PUT_BLOB).answer(409, "BlobAlreadyExists");
      case BLOB_REPLY_LOST -> writes.dropReply();
      case BLOB_CONNECTION_DROPPED -> requests.dropConnection();
    }
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
