// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The faults that wait for the next attaches and sends; of several the oldest strikes first. */
final class FaultPlan {
  private record Planned(Fault fault, ServiceException error) {}

  private final List<Planned> attachRefusals = new ArrayList<>();
  private final List<Planned> sendRejections = new ArrayList<>();
  private final List<Fault> lostReplies = new ArrayList<>();

  Fault refuseAttaches(int times, ServiceException error) {
    return plan(attachRefusals, times, error);
  }

  Fault rejectSends(int times, ServiceException error) {
    return plan(sendRejections, times, error);
  }

  Fault loseReplies(int times) {
    Fault fault = new Fault(times);
    lostReplies.add(fault);
    return fault;
  }

  /** The error with which the attach at hand is to be refused. */
  Optional<ServiceException> attachRefusal() {
    return strike(attachRefusals);
  }

  /** The error with which the send at hand is to be rejected. */
  Optional<ServiceException> sendRejection() {
    return strike(sendRejections);
  }

  /** Whether the client must not learn that the send at hand was stored. */
  boolean losesReply() {
    lostReplies.removeIf(Fault::isSpent);
    return !lostReplies.isEmpty() && lostReplies.get(0).strike();
  }

  private static Fault plan(List<Planned> faults, int times, ServiceException error) {
    Fault fault = new Fault(times);
    faults.add(new Planned(fault, error));
    return fault;
  }

  private static Optional<ServiceException> strike(List<Planned> faults) {
    for (Iterator<Planned> oldestFirst = faults.iterator(); oldestFirst.hasNext(); ) {
      Planned planned = oldestFirst.next();
      if (planned.fault().strike()) {
        return Optional.of(planned.error());
      }
      oldestFirst.remove();
    }
    return Optional.empty();
  }
}
