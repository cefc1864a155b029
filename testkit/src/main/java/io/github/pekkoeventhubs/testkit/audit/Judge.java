// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import io.github.pekkoeventhubs.testkit.audit.Journal.Entry;
import io.github.pekkoeventhubs.testkit.audit.Journal.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what speaks against a stream in what became of a scenario. Immutable. */
final class Judge {

  /**
   * One answer.
   *
   * @param event the event that shows it
   */
  record Conviction(
      AuditQuestion question, EventKey event, String sentence, LikelyCause likelyCause) {}

  private record Output(EventKey event, String part) {}

  private final Outcome outcome;
  private final boolean ownPositions;
  private final Set<EventKey> expected;
  private final Set<EventKey> processed = new TreeSet<>();
  private final Set<EventKey> begun = new TreeSet<>();

  /**
   * @param expected the events that the stream is known to process; null for those that it has
   *     processed in this run
   */
  Judge(Outcome outcome, boolean ownPositions, @Nullable Set<EventKey> expected) {
    this.outcome = outcome;
    this.ownPositions = ownPositions;
    for (Entry entry : outcome.entries()) {
      if (entry.kind() == Kind.PROCESSED) {
        processed.add(entry.event());
      } else if (entry.kind() == Kind.BEGUN) {
        begun.add(entry.event());
      }
    }
    this.expected = new TreeSet<>(processed);
    if (expected != null) {
      expected.stream().filter(this::wasSent).forEach(this.expected::add);
    }
  }

  private boolean wasSent(EventKey event) {
    return event.partition() < outcome.scenario().partitions()
        && event.number() < outcome.scenario().eventsOf(event.partition());
  }

  /** Returns the first answer to each question that speaks against the stream. */
  List<Conviction> convictions() {
    List<Conviction> found = new ArrayList<>();
    lost().ifPresent(found::add);
    repeated().ifPresent(found::add);
    disordered().ifPresent(found::add);
    stuck().ifPresent(found::add);
    return found;
  }

  // ---- lost

  private Optional<Conviction> lost() {
    for (EventKey event : expected) {
      if (!processed.contains(event) && isPassed(event)) {
        String sentence =
            ownPositions
                ? "event %s was never processed, and later ones were".formatted(event)
                : "event %s was never processed, and the checkpoint of partition %d is %d"
                    .formatted(event, event.partition(), outcome.checkpoint(event.partition()));
        return Optional.of(new Conviction(AuditQuestion.LOST, event, sentence, causeOfLoss(event)));
      }
    }
    return lostPart();
  }

  private boolean isPassed(EventKey event) {
    return ownPositions
        ? processed.stream()
            .anyMatch(
                other -> other.partition() == event.partition() && other.number() > event.number())
        : outcome.checkpoint(event.partition()) >= event.number();
  }

  private LikelyCause causeOfLoss(EventKey event) {
    if (outcome.entries().stream()
        .anyMatch(entry -> entry.kind() == Kind.FAILED && entry.event().equals(event))) {
      return LikelyCause.GOES_ON_AFTER_FAILURE;
    }
    if (ownPositions) {
      return LikelyCause.PASSED_OVER;
    }
    if (wasCommittedBeforeAnyWork(event)) {
      return LikelyCause.OFFSET_TOO_EARLY;
    }
    return begun.contains(event) ? LikelyCause.OTHER_ORDER : LikelyCause.DROPS_EVENTS;
  }

  /** Whether a checkpoint has covered the event while none as far as that was processed. */
  private boolean wasCommittedBeforeAnyWork(EventKey event) {
    long furthest = -1;
    for (Entry entry : outcome.entries()) {
      if (entry.event().partition() != event.partition()) {
        continue;
      }
      if (entry.kind() == Kind.PROCESSED) {
        furthest = Math.max(furthest, entry.event().number());
      } else if (entry.kind() == Kind.STORED && entry.event().number() >= event.number()) {
        return entry.event().number() > furthest;
      }
    }
    return false;
  }

  private Optional<Conviction> lostPart() {
    Set<Output> open = new HashSet<>();
    List<Output> order = new ArrayList<>();
    for (Entry entry : outcome.entries()) {
      Output output = new Output(entry.event(), entry.part());
      if (entry.kind() == Kind.BEGUN && open.add(output)) {
        order.add(output);
      }
    }
    outcome.entries().stream()
        .filter(entry -> entry.kind() == Kind.PROCESSED)
        .forEach(entry -> open.remove(new Output(entry.event(), entry.part())));
    return order.stream()
        .filter(open::contains)
        .filter(output -> !output.part().isEmpty())
        .filter(output -> isPassed(output.event()))
        .findFirst()
        .map(
            output ->
                new Conviction(
                    AuditQuestion.LOST,
                    output.event(),
                    "output '%s' of event %s was never processed, and the checkpoint of partition"
                            .formatted(output.part(), output.event())
                        + " %d is %d"
                            .formatted(
                                output.event().partition(),
                                outcome.checkpoint(output.event().partition())),
                    LikelyCause.PART_LOST));
  }

  // ---- repeated

  private Optional<Conviction> repeated() {
    boolean mayRepeat = outcome.scenario().kind().mayRepeat() || outcome.failure().isPresent();
    Map<Output, Integer> lastNode = new HashMap<>();
    for (Entry entry : outcome.entries()) {
      if (entry.kind() != Kind.PROCESSED) {
        continue;
      }
      EventKey event = entry.event();
      Integer before = lastNode.put(new Output(event, entry.part()), entry.node());
      if (before == null) {
        continue;
      }
      if (!mayRepeat) {
        return Optional.of(
            new Conviction(
                AuditQuestion.REPEATED,
                event,
                "event %s was processed twice, although nothing has failed".formatted(event),
                before == entry.node() ? LikelyCause.PROCESSED_TWICE : LikelyCause.NOT_DRAINED));
      }
      if (!ownPositions
          && before > 0
          && entry.node() > before
          && outcome.checkpointAtStart(entry.node(), event.partition()) >= event.number()) {
        return Optional.of(
            new Conviction(
                AuditQuestion.REPEATED,
                event,
                "event %s was committed, and node %d has processed it again"
                    .formatted(event, entry.node()),
                LikelyCause.COMMITTED_REPEATED));
      }
    }
    return Optional.empty();
  }

  // ---- disordered

  private record Course(int node, int partition, String part) {}

  private Optional<Conviction> disordered() {
    Map<Course, Long> furthest = new HashMap<>();
    Set<Output> seen = new HashSet<>();
    for (Entry entry : outcome.entries()) {
      if (entry.kind() != Kind.BEGUN) {
        continue;
      }
      EventKey event = entry.event();
      Course course = new Course(entry.node(), event.partition(), entry.part());
      long last = furthest.getOrDefault(course, -1L);
      if (seen.add(new Output(event, entry.part())) && event.number() < last) {
        return Optional.of(
            new Conviction(
                AuditQuestion.DISORDERED,
                event,
                "the work on event %s began after that on event %d/%d"
                    .formatted(event, event.partition(), last),
                LikelyCause.WORK_OUT_OF_ORDER));
      }
      furthest.put(course, Math.max(last, event.number()));
    }
    return Optional.empty();
  }

  // ---- stuck

  private Optional<Conviction> stuck() {
    Optional<EventKey> unread =
        outcome.unsettled().stream()
            .filter(event -> !begun.isEmpty() || !processed.isEmpty())
            .filter(event -> begun.stream().noneMatch(of(event.partition())))
            .findFirst();
    Optional<Conviction> found =
        unread
            .map(
                event ->
                    stuck(
                        event,
                        "no event of partition %d is ever processed".formatted(event.partition()),
                        LikelyCause.SOURCE_NOT_RUN))
            .or(
                () ->
                    outcome.unsettled().stream()
                        .findFirst()
                        .map(
                            event ->
                                stuck(
                                    event,
                                    "event %s is neither processed nor committed".formatted(event),
                                    begun.contains(event)
                                        ? LikelyCause.ENDS_UNDONE
                                        : LikelyCause.NOT_ACKNOWLEDGED)))
            .or(this::uncommitted);
    return outcome.failure().isPresent()
            && outcome.scenario().kind() != AuditScenario.Kind.FAILING_WORK
        ? found.map(
            conviction -> stuck(conviction.event(), conviction.sentence(), LikelyCause.FAILS_AGAIN))
        : found;
  }

  /** The end of a partition that is processed and not committed. */
  private Optional<Conviction> uncommitted() {
    if (ownPositions) {
      return Optional.empty();
    }
    boolean anyCheckpoint = outcome.checkpoints().values().stream().anyMatch(number -> number >= 0);
    for (int partition = 0; partition < outcome.scenario().partitions(); partition++) {
      long last = outcome.scenario().eventsOf(partition) - 1L;
      long checkpoint = outcome.checkpoint(partition);
      if (checkpoint < last) {
        EventKey event = new EventKey(partition, checkpoint + 1);
        LikelyCause cause =
            !anyCheckpoint
                ? LikelyCause.NO_COMMITTER
                : isAnyCommittedToItsEnd()
                    ? LikelyCause.OTHER_PARTITIONS_OFFSET
                    : LikelyCause.NOT_ACKNOWLEDGED;
        return Optional.of(
            stuck(
                event,
                "partition %d was read to its end, and event %s is not committed"
                    .formatted(partition, event),
                cause));
      }
    }
    return Optional.empty();
  }

  private boolean isAnyCommittedToItsEnd() {
    return outcome.checkpoints().entrySet().stream()
        .anyMatch(
            stored ->
                stored.getValue() >= 0
                    && stored.getValue() >= outcome.scenario().eventsOf(stored.getKey()) - 1L);
  }

  private static Conviction stuck(EventKey event, String sentence, LikelyCause cause) {
    return new Conviction(AuditQuestion.STUCK, event, sentence, cause);
  }

  private static java.util.function.Predicate<EventKey> of(int partition) {
    return event -> event.partition() == partition;
  }
}
