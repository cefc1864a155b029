// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import org.jspecify.annotations.Nullable;

/**
 * The intake of one partition in one epoch of a stream that is to complete. It lets in the events
 * up to the end, so that none beyond it has to be acknowledged.
 *
 * <p>An event beyond the end tells that all before it have arrived, if the link that delivers it
 * has let in all that came through it. A link that was detached has not. Its events never come
 * here, so that they tell nothing. The next epoch may begin before what this one has let in, and
 * has to come to the end by itself.
 */
final class LimitedIntake implements PartitionReceiver.Destination {

  private final PartitionIntake intake;
  private final ReadEnd end;
  private volatile boolean passed;

  LimitedIntake(PartitionIntake intake, ReadEnd end) {
    this.intake = intake;
    this.end = end;
  }

  @Override
  public EventHubPartition partition() {
    return intake.partition();
  }

  @Override
  public PartitionReceiver.Arrival received(PartitionEvent event, long sequenceNumber) {
    if (end.admits(sequenceNumber, event.getData().getEnqueuedTime())) {
      return intake.received(event, sequenceNumber);
    }
    passed = true;
    intake.wake();
    return PartitionReceiver.Arrival.BEYOND_END;
  }

  @Override
  public PartitionRun.@Nullable ReceiverEnd refusal() {
    return intake.refusal();
  }

  @Override
  public long worthwhileCredit(long requested) {
    return intake.worthwhileCredit(requested);
  }

  /** The last event that has arrived, or the one after which reading began. */
  long arrived() {
    return Math.max(intake.lastReceived(), intake.session().lastAcknowledged());
  }

  /** Whether an event would arrive if there were one. */
  boolean hasDemand() {
    return intake.hasDemand();
  }

  /** Whether nothing of the partition is still to arrive. */
  boolean isReached() {
    return passed || end.isReached(arrived());
  }

  /** Whether everything has arrived and been emitted. */
  boolean isFinished() {
    // In this order: what arrives before the end is counted when the end is seen.
    return isReached() && intake.hasEmittedAll();
  }

  void wake() {
    intake.wake();
  }
}
