// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.PUT_BLOB;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.SET_METADATA;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.jspecify.annotations.Nullable;

/** Runs one scenario, on nodes of its own. Used by one thread. */
final class ScenarioRun {

  private static final AtomicInteger NODES = new AtomicInteger();
  private static final Duration INTERVAL = Duration.ofMillis(5);

  /** How long a stream may take to begin to read; a busy machine compiles classes meanwhile. */
  private static final Duration START = Duration.ofSeconds(20);

  /** After this time without anything new a committer of the audit's settings has stored all. */
  private static final Duration STORED = Duration.ofMillis(300);

  /** How long a second node waits for its share of the partitions. */
  private static final Duration HAND_OVER = Duration.ofSeconds(4);

  private static final int MOST_RESTARTS = 12;

  private final AuditOptions options;
  private final Scenario scenario;
  private final @Nullable Set<EventKey> expected;
  private final AuditServices services;
  private final Journal journal = new Journal();
  private final Work work;
  private final Config config;
  private final Map<Integer, SortedMap<Integer, Long>> checkpointsAtStart = new HashMap<>();
  private final List<NodeRun> running = new ArrayList<>();
  private final Set<String> ended = new TreeSet<>();
  private Set<EventKey> unsettled = Set.of();
  private Optional<Throwable> failure = Optional.empty();
  private int nodes;
  private int sent;
  private int restarts;

  /**
   * @param expected the events that the stream is known to process; null for all
   * @param handoverTimeout of the stream's settings, unless it has its own
   */
  ScenarioRun(
      AuditOptions options,
      Scenario scenario,
      @Nullable Set<EventKey> expected,
      AuditServices services,
      ScheduledExecutorService timer,
      Duration handoverTimeout) {
    this.options = options;
    this.scenario = scenario;
    this.expected = expected;
    this.services = services;
    this.work = new Work(scenario, journal, timer);
    this.config = NodeRun.config(services, handoverTimeout, options.config());
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
      running.forEach(NodeRun::kill);
    }
    return outcome();
  }

  private Outcome outcome() {
    List<Journal.Entry> entries =
        Stream.concat(journal.entries().stream(), services.checkpointWrites().stream())
            .sorted(Comparator.comparing(Journal.Entry::time))
            .toList();
    return new Outcome(
        scenario,
        entries,
        services.checkpoints(),
        checkpointsAtStart,
        services.isClaimed(),
        failure,
        unsettled);
  }

  // ---- scenarios

  /** Events come one after the other, so that no operator has a reason to drop any. */
  private void calm() {
    NodeRun node = startNode();
    for (int number = 0; number < scenario.events(); number++) {
      send(number, number + 1);
      int sent = number;
      until(Duration.ofMillis(15), () -> journal.processed().size() >= sent * scenario.partitions());
    }
    settleAndStop(node);
  }

  private void heldWork() {
    send(0, scenario.events());
    FaultHandle refused = services.refuseOutputs();
    NodeRun node = startNode();
    untilQuiet(STORED);
    kill(node);
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
    stop(node);
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
    stop(first);
    settleAndStop(second);
  }

  private boolean owns(NodeRun node) {
    return services.claims(node.system().name()) > 0;
  }

  private boolean hasShare(NodeRun node) {
    return services.claims(node.system().name()) >= scenario.partitions() / 2;
  }

  private void troubledServices() {
    int third = Math.max(1, scenario.events() / 3);
    send(0, third);
    services.blobFaults().next(4).of(PUT_BLOB, SET_METADATA).onBlobs(ScenarioRun::isCheckpoint).delay(Duration.ofMillis(150));
    services.blobFaults().next(3).of(PUT_BLOB, SET_METADATA).onBlobs(ScenarioRun::isCheckpoint).answer(503, "ServerBusy");
    NodeRun node = startNode();
    untilProcessed(third / 2);
    for (int partition = 0; partition < scenario.partitions(); partition++) {
      services.faults().detachReceivers(services.eventHub(), Integer.toString(partition));
    }
    note(node, "the links of node %d end".formatted(node.number()));
    send(third, 2 * third);
    untilProcessed(third);
    services.faults().dropConnections();
    note(node, "the connections of node %d are lost".formatted(node.number()));
    services.blobFaults().next(2).of(PUT_BLOB, SET_METADATA).onBlobs(ScenarioRun::isCheckpoint).dropReply();
    send(2 * third, scenario.events());
    settleAndStop(node);
  }

  private void kill() {
    int half = (scenario.events() + 1) / 2;
    send(0, half);
    services.blobFaults().next(6).of(PUT_BLOB, SET_METADATA).onBlobs(ScenarioRun::isCheckpoint).delay(Duration.ofMillis(80));
    NodeRun first = startNode();
    untilProcessed(half / 3);
    kill(first);
    send(half, scenario.events());
    NodeRun second = startNode();
    untilProcessed(half);
    kill(second);
    NodeRun third = startNode();
    settleAndStop(third);
  }

  private static boolean isCheckpoint(String blob) {
    return blob.contains("/checkpoint/");
  }

  // ---- steps

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
    int number = ++nodes;
    String name = "stream-audit-" + NODES.incrementAndGet();
    NodeRun node =
        new NodeRun(number, name, config, work, options.stream(), options.clustered());
    if (options.clustered()) {
      ClusterOfNodes.join(node, running);
    }
    running.add(node);
    checkpointsAtStart.put(number, services.checkpoints());
    note(node, "node %d starts".formatted(number));
    node.start();
    if (number == 1) {
      awaitStart(node);
    }
    return node;
  }

  private void awaitStart(NodeRun node) {
    boolean reads =
        until(START, () -> services.isRead() || journal.size() > 1 || node.failure().isPresent());
    Optional<Throwable> end = node.failure();
    if (end.isPresent() && !services.isRead() && journal.size() <= 1) {
      throw new IllegalStateException(
          "the stream has ended before it has read any event: " + end.get(), end.get());
    }
    if (!reads) {
      throw new IllegalStateException(
          "the stream has not begun to read the audit's event hub: start its source with"
              + " node.consumerSettings(), or with settings from node.system(), and run it on"
              + " node.system()");
    }
  }

  private void stop(NodeRun node) {
    note(node, "node %d is stopped gracefully".formatted(node.number()));
    restartFailed();
    node.stop();
    note(node, "node %d has ended".formatted(node.number()));
    running.remove(node);
    ended.add(node.system().name());
    services.expireClaims(ended);
  }

  private void kill(NodeRun node) {
    note(node, "node %d is killed".formatted(node.number()));
    node.kill();
    running.remove(node);
    ended.add(node.system().name());
    services.expireClaims(ended);
  }

  private void note(NodeRun node, String text) {
    journal.tell(node.number(), text);
  }

  // ---- waiting

  private void settleAndStop(NodeRun node) {
    settle();
    if (unsettled.isEmpty()) {
      services.blobFaults().clear();
      stop(node);
    } else {
      // A drain would wait for these as well, and tell nothing more.
      kill(node);
    }
  }

  /** Waits until all expected events are decided and committed, or nothing happens any more. */
  private void settle() {
    Quiet quiet = new Quiet();
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
    NodeRun last = running.get(running.size() - 1);
    boolean reads = !services.isClaimed() || owns(last);
    return !unprocessed && reads
        ? options.patience().dividedBy(2)
        : scenario.kind() == Scenario.Kind.FAILING_WORK
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
    Quiet start = new Quiet();
    while (journal.entries().stream().noneMatch(ScenarioRun::isOfEvent)
        && !start.lasts(0, options.patience())) {
      pause();
    }
    Quiet quiet = new Quiet();
    while (!quiet.lasts(progress(), time)) {
      pause();
    }
  }

  /**
   * For how long nothing has happened, counted in pauses of this thread: on a busy machine, where
   * the stream gets less time, they take longer.
   */
  private static final class Quiet {
    private int seen = -1;
    private long pauses;

    boolean lasts(int progress, Duration time) {
      pauses = progress == seen ? pauses + 1 : 0;
      seen = progress;
      return INTERVAL.multipliedBy(pauses).compareTo(time) > 0;
    }
  }

  private static boolean isOfEvent(Journal.Entry entry) {
    return entry.kind() != Journal.Kind.TOLD;
  }

  /** Waits until the expected ones among the first events of each partition are processed. */
  private void untilProcessed(int perPartition) {
    Set<EventKey> wanted = new TreeSet<>();
    for (int partition = 0; partition < scenario.partitions(); partition++) {
      for (int number = 0; number < Math.min(perPartition, scenario.eventsOf(partition)); number++) {
        EventKey event = new EventKey(partition, number);
        if (expected == null || expected.contains(event)) {
          wanted.add(event);
        }
      }
    }
    until(options.patience(), () -> journal.processed().containsAll(wanted));
  }

  private boolean until(Duration longest, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > longest.toNanos()) {
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
    restartFailed();
    // A claim of a dead node may arrive after its end.
    services.expireClaims(ended);
  }

  /** A stream that has ended by itself is started again, as a platform does. */
  private void restartFailed() {
    for (NodeRun node : running) {
      Optional<Throwable> end = node.failure();
      if (end.isPresent() && restarts < MOST_RESTARTS) {
        restarts++;
        failure = end;
        note(node, "the stream of node %d fails, and is started again".formatted(node.number()));
        node.start();
      }
    }
  }

  /** Forms the cluster of the nodes that run. */
  private static final class ClusterOfNodes {

    static void join(NodeRun node, List<NodeRun> others) {
      Cluster cluster = Cluster.get(node.system());
      var seed =
          others.isEmpty()
              ? cluster.selfMember().address()
              : Cluster.get(others.get(0).system()).selfMember().address();
      cluster.manager().tell(Join.create(seed));
    }
  }
}
