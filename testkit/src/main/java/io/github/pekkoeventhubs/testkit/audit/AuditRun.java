// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.audit.Judge.Conviction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One audit: runs the scenarios, and makes the story of each finding short. For one thread. */
final class AuditRun implements AutoCloseable {

  /** Short, since a stream that is stuck is waited for in each scenario. */
  private static final Duration HANDOVER = Duration.ofSeconds(3);

  private final AuditOptions options;
  private final boolean anyOrder;
  private final EventHubsEmulator eventHubs = EventHubsEmulator.builder().start();
  private final BlobEmulator blobs = BlobEmulator.start();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "stream-audit");
            thread.setDaemon(true);
            return thread;
          });
  private final long start = System.nanoTime();
  private final Map<AuditQuestion, AuditFinding> findings = new EnumMap<>(AuditQuestion.class);
  private final List<String> notes = new ArrayList<>();
  private @Nullable Set<EventKey> expected;
  private int runs;
  private long events;

  AuditRun(AuditOptions options, boolean anyOrder) {
    this.options = options;
    this.anyOrder = anyOrder;
  }

  AuditReport report() {
    boolean toTheEnd = true;
    boolean claimed = true;
    for (AuditScenario scenario :
        AuditScenario.drawn(options.seed(), options.partitions(), options.events())) {
      if (scenario.kind() == AuditScenario.Kind.HAND_OVER && !claimed) {
        notes.add("no hand-over between two nodes was tried, since no partition is claimed");
        continue;
      }
      if (findings.containsKey(AuditQuestion.LOST) || findings.containsKey(AuditQuestion.STUCK)) {
        toTheEnd = false;
        break;
      }
      Outcome outcome = run(scenario, options, HANDOVER);
      claimed = outcome.claimed();
      judge(outcome);
      learn(outcome);
    }
    return new AuditReport(
        options.seed(),
        runs,
        events,
        time(),
        List.copyOf(findings.values()),
        notes,
        toTheEnd ? EnumSet.allOf(AuditQuestion.class) : Set.of());
  }

  private Duration time() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** The first scenario shows which events the stream processes at all. */
  private void learn(Outcome outcome) {
    if (expected != null) {
      return;
    }
    Set<EventKey> processed =
        outcome.entries().stream()
            .filter(entry -> entry.kind() == Journal.Kind.PROCESSED)
            .map(Journal.Entry::event)
            .collect(Collectors.toCollection(TreeSet::new));
    if (processed.isEmpty() && findings.isEmpty()) {
      throw new IllegalStateException(
          "the stream has processed none of "
              + outcome.scenario().allEvents()
              + " events where nothing happens: call node.process(event) where it does its work"
              + outcome.failure().map(failure -> "; it has failed with " + failure).orElse(""));
    }
    int leftOut = outcome.scenario().allEvents() - processed.size() - outcome.unsettled().size();
    if (leftOut > 0) {
      notes.add(
          "%d of %d events are taken for not of interest: the stream leaves them out also where"
                  .formatted(leftOut, outcome.scenario().allEvents())
              + " nothing happens");
    }
    expected = processed;
  }

  private Outcome run(AuditScenario scenario, AuditOptions with, Duration handover) {
    runs++;
    events += scenario.allEvents();
    try (AuditServices services = new AuditServices(eventHubs, blobs, scenario.partitions())) {
      return new ScenarioRun(with, scenario, expected, services, timer, handover).run();
    }
  }

  // ---- findings

  private void judge(Outcome outcome) {
    for (Conviction conviction : convictions(outcome)) {
      AuditQuestion question = conviction.question();
      // An event that is dropped holds its partition up, too: one of the two is enough to mend.
      boolean isKnown =
          findings.containsKey(question)
              || (question == AuditQuestion.STUCK && findings.containsKey(AuditQuestion.LOST));
      if (!isKnown) {
        shortest(outcome, conviction).ifPresent(finding -> findings.put(question, finding));
      }
    }
  }

  private List<Conviction> convictions(Outcome outcome) {
    return new Judge(outcome, options.ownPositions(), expected)
        .convictions().stream()
            .filter(found -> !anyOrder || found.question() != AuditQuestion.DISORDERED)
            .toList();
  }

  /**
   * The finding in the smallest scenario that shows it. A finding that a slow machine alone could
   * cause is believed only if it is found again with more time.
   */
  private Optional<AuditFinding> shortest(Outcome outcome, Conviction conviction) {
    boolean dependsOnTime =
        conviction.question() == AuditQuestion.STUCK
            || conviction.question() == AuditQuestion.REPEATED;
    AuditOptions with =
        dependsOnTime ? options.withPatience(options.patience().multipliedBy(2)) : options;
    Duration handover = dependsOnTime ? HANDOVER.multipliedBy(2) : HANDOVER;
    for (AuditScenario smaller : smaller(outcome.scenario(), conviction)) {
      Outcome again = run(smaller, with, handover);
      Optional<Conviction> same =
          convictions(again).stream()
              .filter(found -> found.question() == conviction.question())
              .findFirst();
      if (same.isPresent()) {
        return Optional.of(finding(again, same.get()));
      }
    }
    return dependsOnTime ? Optional.empty() : Optional.of(finding(outcome, conviction));
  }

  /** Smaller scenarios to try, the smallest first; at last the same one. */
  private static List<AuditScenario> smaller(AuditScenario scenario, Conviction conviction) {
    List<AuditScenario> tried = new ArrayList<>();
    if (conviction.likelyCause() == LikelyCause.SOURCE_NOT_RUN) {
      tried.add(scenario.smaller(scenario.partitions(), 1));
    } else if (conviction.question() == AuditQuestion.STUCK) {
      boolean severalPartitions = conviction.likelyCause() == LikelyCause.OTHER_PARTITIONS_OFFSET;
      tried.add(scenario.smaller(Math.min(scenario.partitions(), severalPartitions ? 2 : 1), 4));
    } else {
      int least =
          switch (conviction.likelyCause()) {
            case GOES_ON_AFTER_FAILURE, WORK_OUT_OF_ORDER -> 2;
            case DROPS_EVENTS -> 4;
            case NOT_DRAINED -> 10;
            case OFFSET_TOO_EARLY,
                OTHER_ORDER,
                PART_LOST,
                PASSED_OVER,
                SOURCE_NOT_RUN,
                NOT_ACKNOWLEDGED,
                OTHER_PARTITIONS_OFFSET,
                NO_COMMITTER,
                FAILS_AGAIN,
                PROCESSED_TWICE,
                COMMITTED_REPEATED,
                ENDS_UNDONE ->
                1;
          };
      // With one partition none moves before its node leaves.
      int partitions = scenario.kind() == AuditScenario.Kind.HAND_OVER ? 2 : 1;
      IntStream.of(1, 2, 4, 10)
          .filter(size -> size >= least)
          .forEach(size -> tried.add(scenario.smaller(partitions, size)));
    }
    tried.removeIf(
        smaller ->
            smaller.events() >= scenario.events() && smaller.partitions() >= scenario.partitions());
    tried.add(scenario);
    return tried;
  }

  private static AuditFinding finding(Outcome outcome, Conviction conviction) {
    return new AuditFinding(
        conviction.question(),
        outcome.scenario().toString(),
        conviction.sentence(),
        Story.of(outcome, conviction),
        conviction.likelyCause().text(),
        conviction.likelyCause().page());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    eventHubs.close();
    blobs.close();
  }
}
