// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The faults that wait for the next attaches and sends; if there are several, the oldest hits
 * first.
 */
final class FaultPlan {
  /**
   * @param eventHub the only one it is for, in lower case; null for all
   * @param kind the only kind of link it is for; null for all
   */
  private record Planned<T>(
      Fault fault, @Nullable String eventHub, @Nullable LinkKind kind, T effect) {
    boolean isFor(@Nullable String otherHub, LinkKind otherKind) {
      return (eventHub == null || eventHub.equals(otherHub)) && (kind == null || kind == otherKind);
    }
  }

  /** The faults of each kind; some may be spent. */
  private final Set<Fault> all = new HashSet<>();

  private final List<Planned<ServiceException>> attachRefusals = new ArrayList<>();
  private final List<Planned<ServiceException>> sendRejections = new ArrayList<>();
  private final List<Planned<Duration>> sendDelays = new ArrayList<>();
  private final List<Planned<Boolean>> lostReplies = new ArrayList<>();
  private final List<Planned<Boolean>> lostAttaches = new ArrayList<>();
  private final List<Planned<Boolean>> ignoredQuestions = new ArrayList<>();

  Fault refuseAttaches(
      @Nullable String eventHub, LinkKind kind, int times, ServiceException error) {
    return plan(attachRefusals, eventHub, kind, times, error);
  }

  Fault rejectSends(@Nullable String eventHub, int times, ServiceException error) {
    return plan(sendRejections, eventHub, null, times, error);
  }

  Fault delaySends(@Nullable String eventHub, int times, Duration delay) {
    return plan(sendDelays, eventHub, null, times, delay);
  }

  Fault loseReplies(@Nullable String eventHub, int times) {
    return plan(lostReplies, eventHub, null, times, true);
  }

  Fault loseAttaches(@Nullable String eventHub, LinkKind kind, int times) {
    return plan(lostAttaches, eventHub, kind, times, true);
  }

  Fault ignorePartitionQuestions(@Nullable String eventHub, int times) {
    return plan(ignoredQuestions, eventHub, null, times, true);
  }

  /**
   * The error with which the attach at hand is to be refused.
   *
   * @param eventHub in lower case; null for a link that belongs to none
   */
  Optional<ServiceException> attachRefusal(@Nullable String eventHub, LinkKind kind) {
    return strike(attachRefusals, eventHub, kind);
  }

  /** Whether the connection is to be lost before the attach at hand is answered. */
  boolean losesAttach(String eventHub, LinkKind kind) {
    return strike(lostAttaches, eventHub, kind).isPresent();
  }

  /** The error with which the send at hand is to be rejected. */
  Optional<ServiceException> sendRejection(String eventHub) {
    return strike(sendRejections, eventHub, LinkKind.SENDER);
  }

  /** For how long the send at hand is to wait. */
  Optional<Duration> sendDelay(String eventHub) {
    return strike(sendDelays, eventHub, LinkKind.SENDER);
  }

  /** Whether the client must not learn that the send at hand was stored. */
  boolean losesReply(String eventHub) {
    return strike(lostReplies, eventHub, LinkKind.SENDER).isPresent();
  }

  /** Whether the question at hand, about a partition, is to be left without an answer. */
  boolean ignoresPartitionQuestion(String eventHub) {
    return strike(ignoredQuestions, eventHub, LinkKind.MANAGEMENT).isPresent();
  }

  /** Those that have not struck as often as they should. */
  Set<Fault> waiting() {
    all.removeIf(Fault::isSpent);
    return Set.copyOf(all);
  }

  private <T> Fault plan(
      List<Planned<T>> faults,
      @Nullable String eventHub,
      @Nullable LinkKind kind,
      int times,
      T effect) {
    Fault fault = new Fault(times);
    all.removeIf(Fault::isSpent);
    all.add(fault);
    faults.add(
        new Planned<>(fault, eventHub == null ? null : EventHub.key(eventHub), kind, effect));
    return fault;
  }

  private static <T> Optional<T> strike(
      List<Planned<T>> faults, @Nullable String eventHub, LinkKind kind) {
    for (Iterator<Planned<T>> oldestFirst = faults.iterator(); oldestFirst.hasNext(); ) {
      Planned<T> planned = oldestFirst.next();
      if (planned.fault().isSpent()) {
        oldestFirst.remove();
      } else if (planned.isFor(eventHub, kind) && planned.fault().strike()) {
        return Optional.of(planned.effect());
      }
    }
    return Optional.empty();
  }
}
