// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import io.github.pekkoeventhubs.testkit.audit.AuditScenario.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;

/**
 * The work that a stream does with its events: it takes as long as the scenario says, is held, and
 * fails. Work of a node that was killed never ends. Thread-safe.
 */
final class Work {

  private final AuditScenario scenario;
  private final Journal journal;
  private final ScheduledExecutorService timer;

  // All guarded by this.
  private final Set<EventKey> held = new HashSet<>();
  private final Set<EventKey> failing = new HashSet<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private final Set<Integer> killed = new HashSet<>();

  Work(AuditScenario scenario, Journal journal, ScheduledExecutorService timer) {
    this.scenario = scenario;
    this.journal = journal;
    this.timer = timer;
    if (scenario.kind() == Kind.HELD_WORK) {
      held.addAll(scenario.chosen());
    } else if (scenario.kind() == Kind.FAILING_WORK) {
      failing.addAll(scenario.chosen());
    }
  }

  /**
   * Works on events that succeed or fail together.
   *
   * @param part names one of several outputs of each event; empty for the event itself
   */
  CompletionStage<Done> begin(int node, List<EventKey> events, String part) {
    CompletableFuture<Done> result = new CompletableFuture<>();
    synchronized (this) {
      if (killed.contains(node)) {
        return result;
      }
      events.forEach(event -> journal.add(Journal.Kind.BEGUN, node, event, part));
      List<EventKey> failures = events.stream().filter(failing::contains).toList();
      if (!failures.isEmpty()) {
        failures.forEach(failing::remove);
        failures.forEach(event -> journal.add(Journal.Kind.FAILED, node, event, part));
        return CompletableFuture.failedFuture(new FailureOfAudit(failures));
      }
      List<EventKey> holds = events.stream().filter(event -> isHeld(event, part)).toList();
      if (!holds.isEmpty()) {
        holds.forEach(event -> journal.add(Journal.Kind.HELD, node, event, part));
        waiting.add(() -> finish(node, events, part, result));
        return result;
      }
    }
    int millis = events.stream().mapToInt(scenario::workMillis).max().orElse(0);
    if (millis == 0) {
      finish(node, events, part, result);
    } else {
      timer.schedule(() -> finish(node, events, part, result), millis, TimeUnit.MILLISECONDS);
    }
    return result;
  }

  /** The first of several outputs is let through: what follows it shows whether it counts. */
  private boolean isHeld(EventKey event, String part) {
    return held.contains(event) && (part.isEmpty() || journal.hasBegunOther(event, part));
  }

  private void finish(
      int node, List<EventKey> events, String part, CompletableFuture<Done> result) {
    if (markDone(node, events, part)) {
      result.complete(Done.getInstance());
    }
  }

  /** Notes that the events are processed; answers no if their node is dead. */
  synchronized boolean markDone(int node, List<EventKey> events, String part) {
    if (killed.contains(node)) {
      return false;
    }
    events.forEach(event -> journal.add(Journal.Kind.PROCESSED, node, event, part));
    return true;
  }

  /** Nothing of this node counts any more. */
  synchronized void kill(int node) {
    killed.add(node);
  }

  /** Lets go of what is held; what a dead node holds is forgotten. */
  void release() {
    List<Runnable> released;
    synchronized (this) {
      held.clear();
      released = List.copyOf(waiting);
      waiting.clear();
    }
    released.forEach(Runnable::run);
  }

  /** The failure of work, as a database that is away for a moment gives it. */
  static final class FailureOfAudit extends RuntimeException {
    private static final long serialVersionUID = 1;

    FailureOfAudit(List<EventKey> events) {
      super("the audit lets the work on event " + events.get(0) + " fail once");
    }
  }
}
