// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.Disturbance;

/** A fault of a soak, after which every node that lives long still has to be there. */
sealed interface SoakFault {

  /** A fault of a service, as a chaos run has it. */
  record Disturbed(Disturbance disturbance) implements SoakFault {}

  /** A fault of a partition or a node that lasts for a while. */
  record Lasting(LastingKind kind, String partition) implements SoakFault {}

  /** A third node joins, or leaves where one has joined. */
  record GuestComesOrGoes() implements SoakFault {}

  enum LastingKind {
    /** Each request of the store waits until the end of the pause, longer than a node waits. */
    PAUSE_STORE,
    /** One event of the partition comes in a second. */
    THROTTLE_PARTITION,
    /** No event of the partition comes, without any error. */
    STALL_PARTITION,
    /** Questions about the first and the last event of partitions get no answer. */
    LEAVE_QUESTIONS_UNANSWERED,
    /** A stream is drained, and started again some seconds later. */
    RESTART_STREAM
  }

  /** The kinds of guests' faults, for counting. */
  enum GuestKind {
    GUEST_JOINS,
    GUEST_LEAVES
  }

  /** The name of its kind. */
  default String kindName() {
    if (this instanceof Disturbed disturbed) {
      return disturbed.disturbance().kind().name();
    }
    return this instanceof Lasting lasting ? lasting.kind().name() : "GUEST";
  }
}
