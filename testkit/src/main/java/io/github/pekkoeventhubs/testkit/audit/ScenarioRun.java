// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.PUT_BLOB;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.SET_METADATA;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs one scenario, on nodes of its own. Used by one thread. */
final class ScenarioRun {

  private static final Duration INTERVAL = Duration.ofMillis(5);

  /** How long a stream may take to begin to read; a busy machine compiles classes meanwhile. */
  private static final Duration START = Duration.ofSeconds(20);

  /** After this time without anything new a committer of the audit's settings has stored all. */
  private static final Duration STORED = Duration.ofMillis(600);

  /** How long a second node waits for its share of the partitions. */
  private static final Duration HAND_OVER = Duration.ofSeconds(4);

  private final AuditOptions options;
  private final AuditScenario scenario;
  private final @Nullable Set<EventKey> expected;
  private final AuditServices services;
  private final Journal journal = new Journal();
  private final Work work;
  private final Nodes nodes;
  private Set<EventKey> unsettled = Set.of();
  private int sent;

  /**
   * @param expected the events that the stream is known to process; null for all
   * @param handoverTimeout of the stream's settings, unless it has its own
   */
  ScenarioRun(
      AuditOptions options,
      AuditScenario scenario,
      @Nullable Set<EventKey> expected,
      AuditServices services,
      ScheduledExecutorService timer,
      Duration handoverTimeout) {
    this.options = options;
    this.scenario = scenario;
    this.expected = expected;
    this.services = services;
    this.work = new Work(scenario, journal, timer);
    this.nodes = new Nodes(options, services, journal, work, handoverTimeout);
  }

  /** Runs it to its end. */
  Outcome run() {
    try {
      switch (scenario.kind()) {
        case CALM -> calm();
        case HELD_WORK -> heldWork();
        case FAILING_WORK -> failingWork();
        case RESTART -> restart();
        case HAND_OVER -> handOver();
        case TROUBLED_SERVICES -> troubledServices();
        case KILL -> kill();
      }
    } finally {
      services.blobFaults().clear();
      work.release();
      nodes.killAll();
    }
    return outcome();
  }

  private Outcome outcome() {
    // The last ones have arrived after the last look: in a drain, for example.
    services.outputs().forEach(journal::output);
    List<Journal.Entry> entries =
        Stream.concat(journal.entries().stream(), services.checkpointWrites().stream())
            .sorted(Comparator.comparing(Journal.Entry::time))
            .toList();
    return new Outcome(
        scenario,
        entries,
        services.checkpoints(),
        nodes.checkpointsAtStart(),
        services.isClaimed(),
        nodes.failure(),
        unsettled);
  }

  /** Events come one after the other, so that no operator has a reason to drop any. */
  private void calm() {
    NodeRun node = startNode();
    for (int number = 0; number < scenario.events(); number++) {
      send(number, number + 1);
      int sent = number;
      until(
          Duration.ofMillis(15), () -> journal.processed().size() >= sent * scenario.partitions());
    }
    settleAndStop(node);
  }

  private void heldWork() {
    send(0, scenario.events());
    FaultHandle refused = services.refuseOutputs();
    NodeRun node = startNode();
    untilQuiet(STORED);
    nodes.kill(node);
    refused.cancel();
    work.release();
    NodeRun next = startNode();
    settleAndStop(next);
  }

  private void failingWork() {
    send(0, scenario.events());
    services.rejectOutputs(scenario.chosen().size());
    NodeRun node = startNode();
    settleAndStop(node);
  }

  private void restart() {
    int half = (scenario.events() + 1) / 2;
    send(0, half);
    NodeRun node = startNode();
    untilProcessed(half / 2);
    nodes.stop(node);
    send(half, scenario.events());
    NodeRun next = startNode();
    settleAndStop(next);
  }

  private void handOver() {
    int third = Math.max(1, scenario.events() / 3);
    send(0, third);
    NodeRun first = startNode();
    untilProcessed(third / 2);
    NodeRun second = startNode();
    // Events keep coming, so that some are under way when a partition moves.
    for (int number = third; number < 2 * third && !hasShare(second); number++) {
      sendOne(number);
      until(Duration.ofMillis(40), () -> hasShare(second));
    }
    until(HAND_OVER, () -> hasShare(second));
    sendRest();
    untilProcessed(2 * third);
    nodes.stop(first);
    settleAndStop(second);
  }

  private boolean owns(NodeRun node) {
    return services.claims(nodes.ownerName(node)) > 0;
  }

  private boolean hasShare(NodeRun node) {
    return services.claims(nodes.ownerName(node)) >= scenario.partitions() / 2;
  }

  private void troubledServices() {
    int third = Math.max(1, scenario.events() / 3);
    send(0, third);
    services
        .blobFaults()
        .next(4)
        .of(PUT_BLOB, SET_METADATA)
        .onBlobs(ScenarioRun::isCheckpoint)
        .delay(Duration.ofMillis(150));
    services
        .blobFaults()
        .next(3)
        .of(PUT_BLOB, SET_METADATA)
        .onBlobs(ScenarioRun::isCheckpoint)
        .answer(503, "ServerBusy");
    NodeRun node = startNode();
    untilProcessed(third / 2);
    for (int partition = 0; partition < scenario.partitions(); partition++) {
      services.faults().detachReceivers(services.eventHub(), Integer.toString(partition));
    }
    nodes.note(node, "the links of node %d end".formatted(node.number()));
    send(third, 2 * third);
    untilProcessed(third);
    services.faults().dropConnections();
    nodes.note(node, "the connections of node %d are lost".formatted(node.number()));
    services
        .blobFaults()
        .next(2)
        .of(PUT_BLOB, SET_METADATA)
        .onBlobs(ScenarioRun::isCheckpoint)
        .dropReply();
    send(2 * third, scenario.events());
    settleAndStop(node);
  }

  private void kill() {
    int half = (scenario.events() + 1) / 2;
    send(0, half);
    services
        .blobFaults()
        .next(6)
        .of(PUT_BLOB, SET_METADATA)
        .onBlobs(ScenarioRun::isCheckpoint)
        .delay(Duration.ofMillis(80));
    NodeRun first = startNode();
    untilProcessed(half / 3);
    nodes.kill(first);
    send(half, scenario.events());
    NodeRun second = startNode();
    untilProcessed(half);
    nodes.kill(second);
    NodeRun third = startNode();
    settleAndStop(third);
  }

  private static boolean isCheckpoint(String blob) {
    return blob.contains("/checkpoint/");
  }

  /** Sends the events of these numbers to each partition that has any. */
  private void send(int first, int end) {
    for (int partition = 0; partition < scenario.partitions(); partition++) {
      if (scenario.eventsOf(partition) > 0 && first < end) {
        int to = partition;
        services.send(
            partition,
            IntStream.range(first, end)
                .mapToObj(number -> options.event(new EventKey(to, number)))
                .toArray(EventData[]::new));
      }
    }
  }

  private void sendOne(int number) {
    send(number, number + 1);
    sent = number + 1;
  }

  private void sendRest() {
    send(Math.max(sent, scenario.events() / 3), scenario.events());
  }

  private NodeRun startNode() {
    NodeRun node = nodes.start();
    // Later, the audit itself may keep a stream from starting: it refuses its outputs.
    if (scenario.kind() == AuditScenario.Kind.CALM) {
      awaitStart(node);
    }
    return node;
  }

  private void awaitStart(NodeRun node) {
    until(START, () -> begins() || node.failure().isPresent() || nodes.failure().isPresent());
    if (begins()) {
      return;
    }
    Optional<Throwable> end = node.failure().or(nodes::failure);
    if (end.isPresent()) {
      throw new IllegalStateException(
          "the stream has ended before it has read any event: " + end.get(), end.get());
    }
    throw new IllegalStateException(
        "the stream has not begun to read the audit's event hub: start its source with"
            + " node.consumerSettings(), or with settings from node.system(), and run it on"
            + " node.system()");
  }

  /** A stream may give its partitions back at once: its claims are there afterwards, too. */
  private boolean begins() {
    return services.isRead() || services.isClaimed() || hasWorked();
  }

  private void settleAndStop(NodeRun node) {
    settle();
    if (unsettled.isEmpty()) {
      services.blobFaults().clear();
      nodes.stop(node);
    } else {
      // A drain would wait for these as well, and tell nothing more.
      nodes.kill(node);
    }
  }

  /** Waits until all expected events are decided and committed, or nothing happens any more. */
  private void settle() {
    Quiet quiet = new Quiet(INTERVAL);
    SortedMap<Integer, Long> stored = services.checkpoints();
    Set<EventKey> open = open(stored);
    while ((!open.isEmpty() || !isCommitted(stored))
        && !quiet.lasts(progress(), patience(!open.isEmpty()))) {
      pause();
      stored = services.checkpoints();
      open = open(stored);
    }
    unsettled = open;
  }

  /** A drain commits what is processed, so that less patience is needed once all is. */
  private Duration patience(boolean unprocessed) {
    NodeRun last = nodes.last();
    boolean reads = !services.isClaimed() || owns(last);
    return !unprocessed && reads
        ? options.patience().dividedBy(2)
        : scenario.kind() == AuditScenario.Kind.FAILING_WORK
            ? options.patience().multipliedBy(2)
            : options.patience();
  }

  /** The expected events that are neither processed nor passed by the checkpoint. */
  private Set<EventKey> open(SortedMap<Integer, Long> stored) {
    Set<EventKey> open = new TreeSet<>();
    Set<EventKey> processed = journal.processed();
    for (int partition = 0; partition < scenario.partitions(); partition++) {
      for (int number = 0; number < scenario.eventsOf(partition); number++) {
        EventKey event = new EventKey(partition, number);
        if ((expected == null || expected.contains(event))
            && !processed.contains(event)
            && stored.getOrDefault(partition, -1L) < number) {
          open.add(event);
        }
      }
    }
    return open;
  }

  private boolean isCommitted(SortedMap<Integer, Long> stored) {
    return options.ownPositions()
        || IntStream.range(0, scenario.partitions())
            .allMatch(
                partition ->
                    stored.getOrDefault(partition, -1L) >= scenario.eventsOf(partition) - 1L);
  }

  private int progress() {
    return 31 * journal.size() + services.checkpoints().hashCode();
  }

  /** Waits until something was processed, and nothing new has happened for this time. */
  private void untilQuiet(Duration time) {
    until(options.patience(), this::hasWorked);
    Quiet quiet = new Quiet(INTERVAL);
    while (!quiet.lasts(progress(), time)) {
      pause();
    }
  }

  private boolean hasWorked() {
    return journal.entries().stream().anyMatch(entry -> entry.kind() != Journal.Kind.TOLD);
  }

  /** Waits until the expected ones among the first events of each partition are processed. */
  private void untilProcessed(int perPartition) {
    Set<EventKey> wanted = new TreeSet<>();
    for (int partition = 0; partition < scenario.partitions(); partition++) {
      int first = Math.min(perPartition, scenario.eventsOf(partition));
      for (int number = 0; number < first; number++) {
        EventKey event = new EventKey(partition, number);
        if (expected == null || expected.contains(event)) {
          wanted.add(event);
        }
      }
    }
    until(options.patience(), () -> journal.processed().containsAll(wanted));
  }

  /** The time is counted in pauses, as {@link Quiet} counts it. */
  private boolean until(Duration longest, BooleanSupplier condition) {
    Quiet quiet = new Quiet(INTERVAL);
    while (!condition.getAsBoolean()) {
      if (quiet.lasts(0, longest)) {
        return false;
      }
      pause();
    }
    return true;
  }

  private void pause() {
    services.outputs().forEach(journal::output);
    LockSupport.parkNanos(INTERVAL.toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("the audit was interrupted");
    }
    nodes.tend();
  }
}
