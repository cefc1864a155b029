// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.CredentialKind;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.MemberFault;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.MemberFaultKind;
import io.github.pekkoeventhubs.tests.nodes.ConsumerNodes;
import io.github.pekkoeventhubs.tests.nodes.EventFeed;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents.Processing;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/** One run of a plan on services and a cluster of its own. */
final class ChaosRun implements AutoCloseable {

  /**
   * Long, since processes are slow to start on a machine that does other work. For how long
   * partitions were not owned is judged by the log.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Losing a member takes the failure detector and the resolver some 13 s on an idle machine. */
  private static final Duration UNOWNED_BOUND = Duration.ofSeconds(45);

  /** A partition whose living owner does not read it exceeds this bound. */
  private static final Duration UNREAD_BOUND = Duration.ofSeconds(60);

  /** Growing holds between losses; a partition that wanders exceeds it many times. */
  private static final long CLAIMS_PER_MINUTE_BOUND = 20;

  private final ChaosPlan plan;
  private final Set<String> partitions;
  private final NodeJvms jvms;
  private final EmbeddedServices services;
  private final ConsumerNodes nodes;
  private final EventFeed feed;
  private final FaultHits hits = new FaultHits();
  private final Disturber disturber;
  private final Operator operator = new Operator();
  private final Set<String> frozen = new TreeSet<>();
  private final List<String> violations = new ArrayList<>();
  private final List<String> times = new ArrayList<>();

  ChaosRun(ChaosPlan plan, NodeJvms jvms) {
    this.plan = plan;
    this.jvms = jvms;
    partitions =
        IntStream.range(0, plan.partitions())
            .mapToObj(Integer::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean slowTokens = plan.credential() == CredentialKind.SLOW_TOKENS;
    services =
        slowTokens
            ? EmbeddedServices.acceptingTokens(plan.partitions())
            : new EmbeddedServices(plan.partitions());
    nodes = new ConsumerNodes(services, jvms, configuration(plan));
    if (slowTokens) {
      hits.ordered(plan.credential(), this::tokensFetched);
    }
    feed = new EventFeed(services, 5, Duration.ofMillis(50));
    disturber = new Disturber(services, plan.partitions(), hits);
  }

  private static String configuration(ChaosPlan plan) {
    List<String> resources = new ArrayList<>();
    resources.add(plan.downing() ? "chaos-node.conf" : "chaos-node-without-downing.conf");
    switch (plan.stream()) {
      case MERGED -> {}
      case UNORDERED -> resources.add("stream-unordered.conf");
      case PARTITIONED -> resources.add("stream-partitioned.conf");
    }
    if (plan.has(MemberFaultKind.REPLACE)) {
      resources.add("late-removal.conf");
    }
    if (plan.credential() == CredentialKind.SLOW_TOKENS) {
      resources.add("slow-tokens.conf");
    }
    return String.join("+", resources);
  }

  private long tokensFetched() {
    return nodes.started().stream().mapToLong(NodeProcess::tokens).sum();
  }

  ChaosResult execute() {
    Instant begin = Instant.MAX;
    Instant end;
    try {
      disturber.disturbTheStart(plan.disturbances());
      recover("at the start");
      feed.upTo(Long.MAX_VALUE);
      begin = Instant.now();
      disturber.start(plan.disturbances());
      sufferFaults();
      disturber.close();
      recover("after the last fault");
      feed.stop();
      end = Instant.now();
      timed(
          "all committed",
          () ->
              expect(
                  "every event is processed and committed",
                  () ->
                      nodes.processed().distinct() == produced()
                          && services.checkpoints().equals(lastSequenceNumbers())));
      nodes.live().forEach(NodeProcess::leave);
      timed(
          "all left",
          () ->
              expect(
                  "every node leaves",
                  () -> nodes.started().stream().noneMatch(NodeProcess::isAlive)));
    } catch (ConditionTimeoutException tooLate) {
      violations.add(String.valueOf(tooLate.getMessage()));
      feed.stop();
      end = Instant.now();
    }
    return judge(begin, end);
  }

  private void sufferFaults() {
    for (MemberFault fault : plan.memberFaults()) {
      jvms.prepare(1);
      timed(fault.kind().name(), () -> suffer(fault));
      hits.hit(fault.kind());
      recover("after " + fault.kind());
    }
  }

  private void timed(String phase, Runnable task) {
    Instant start = Instant.now();
    task.run();
    times.add(
        String.format(
            Locale.ROOT,
            "%s %.1f",
            phase,
            Duration.between(start, Instant.now()).toMillis() / 1e3));
  }

  private void suffer(MemberFault fault) {
    switch (fault.kind()) {
      case KILL -> kill(spareNode(fault));
      case REPLACE -> replace(spareNode(fault));
      case RESTART_CLUSTER -> {
        List<NodeProcess> all = nodes.live();
        all.forEach(NodeProcess::kill);
        expect("all nodes are dead", () -> all.stream().noneMatch(NodeProcess::isAlive));
      }
      case LEAVE -> {
        NodeProcess victim = spareNode(fault);
        victim.terminate();
        expect(victim + " leaves", () -> !victim.isAlive());
      }
      case FREEZE -> freeze(spareNode(fault), fault.duration()).thaw();
      case FREEZE_AND_DROP_SOCKETS -> {
        NodeProcess victim = freeze(spareNode(fault), fault.duration());
        services.eventHubs().faults().dropConnections();
        victim.thaw();
      }
      case SPLIT_RESOLVED -> {
        NetworkSplit split = split(fault);
        expect("the downing provider ends a side", split::hasEndedSide);
        split.heal();
      }
      case SPLIT_HEALED -> {
        NetworkSplit split = split(fault);
        pass(fault.duration());
        split.heal();
      }
      case SPLIT_INTO_TWO_CLUSTERS -> {
        NetworkSplit split = split(fault);
        split.declareEachOtherDown();
        pass(fault.duration());
        split.second().forEach(NodeProcess::leave);
        expect("the second cluster ends", split::hasEndedSide);
        split.heal();
      }
    }
  }

  private void kill(NodeProcess victim) {
    victim.kill();
    expect(victim + " is dead", () -> !victim.isAlive());
    if (!plan.downing()) {
      nodes.live().get(0).down(List.of(victim));
    }
  }

  /** Starts the node in its place only when the others have removed it. */
  private void replace(NodeProcess victim) {
    victim.kill();
    expect(victim + " is dead", () -> !victim.isAlive());
    expect("a node misses " + victim, () -> isMissed(victim));
    if (!plan.downing()) {
      nodes.live().get(0).down(List.of(victim));
    }
    expect(victim + " is removed", () -> !isMissed(victim));
    NodeProcess replacement = nodes.start();
    expect(replacement + " is up", replacement::isUp);
  }

  private boolean isMissed(NodeProcess node) {
    return nodes.live().stream().anyMatch(other -> other.misses(node));
  }

  /** The resolver of split brains keeps the lowest address where two halves are equal. */
  private NodeProcess spareNode(MemberFault fault) {
    List<NodeProcess> spare = nodes.live();
    if (spare.size() <= 2) {
      NodeProcess lowest =
          Collections.min(spare, Comparator.comparing(node -> node.port().orElseThrow()));
      spare = spare.stream().filter(node -> node != lowest).toList();
    }
    return spare.get(fault.pick() % spare.size());
  }

  private NodeProcess freeze(NodeProcess victim, Duration duration) {
    victim.freeze();
    frozen.add(victim.name());
    expect("a node misses " + victim, () -> isMissed(victim));
    pass(duration);
    return victim;
  }

  private NetworkSplit split(MemberFault fault) {
    NetworkSplit split = NetworkSplit.of(nodes.live(), fault.pick());
    split.begin();
    expect("the sides miss each other", split::isNoticed);
    return split;
  }

  private static void pass(Duration duration) {
    Instant end = Instant.now().plus(duration);
    await().atMost(duration.plusSeconds(30)).until(() -> !Instant.now().isBefore(end));
  }

  /** Starts a node for each that has ended, and waits until all share the partitions. */
  private void recover(String when) {
    timed(
        when,
        () ->
            expect(
                "the nodes share all partitions " + when,
                () -> {
                  if (!plan.downing()) {
                    operator.look(nodes.started());
                  }
                  keepNodes();
                  return nodes.live().size() == plan.nodes()
                      && ConsumerNodes.share(partitions, nodes.live());
                }));
  }

  private void keepNodes() {
    List<NodeProcess> alive = nodes.started().stream().filter(NodeProcess::isAlive).toList();
    boolean joinable = alive.isEmpty() || alive.stream().anyMatch(NodeProcess::isUp);
    if (alive.size() < plan.nodes() && joinable) {
      nodes.start();
    }
  }

  private static void expect(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).until(condition);
  }

  private long produced() {
    return feed.producedPerPartition() * plan.partitions();
  }

  private Map<String, Long> lastSequenceNumbers() {
    return partitions.stream()
        .collect(Collectors.toMap(id -> id, id -> feed.producedPerPartition() - 1));
  }

  private ChaosResult judge(Instant begin, Instant end) {
    StoreHistory history = StoreHistory.of(services.blobs().writes());
    ChaosOracle oracle = new ChaosOracle(history, nodes.started());
    List<Processing> repeated = nodes.processed().repeated();
    List<Processing> beyond = oracle.duplicatesBeyondBound(repeated);
    Map<String, List<Long>> missing =
        nodes.processed().missing(partitions, feed.producedPerPartition());
    long lost = missing.values().stream().mapToLong(List::size).sum();
    Duration unowned = oracle.unownedMax(end);
    Duration unread = unreadMax(begin, end);
    long claims = oracle.claimsPerMinuteMax();
    StreamFailures failures = new StreamFailures(nodes.streamFailures(), hits, frozen);

    missing.forEach((id, numbers) -> violations.add("partition " + id + ": lost " + ends(numbers)));
    violations.addAll(history.regressions());
    violations.addAll(history.staleCommits());
    violations.addAll(ShownSecrets.violations(jvms.logs(), nodes.streamFailures()));
    if (!beyond.isEmpty()) {
      violations.add(beyond.size() + " repeated beyond the bound, as " + beyond.get(0));
    }
    if (unowned.compareTo(UNOWNED_BOUND) > 0) {
      violations.add("a partition was not owned for " + unowned);
    }
    if (unread.compareTo(UNREAD_BOUND) > 0) {
      violations.add("nothing of a partition was processed for " + unread);
    }
    if (claims > CLAIMS_PER_MINUTE_BOUND) {
      violations.add(claims + " claims of one partition within a minute");
    }
    violations.addAll(failures.violations());
    return new ChaosResult(
        1,
        lost,
        history.regressions().size(),
        history.staleCommits().size(),
        beyond.size(),
        repeated.size(),
        unowned,
        unread,
        claims,
        failures.withoutReason().size(),
        failures.byName(),
        hits.total(),
        hits.kinds(),
        violations.stream().map(text -> "seed " + plan.seed() + ": " + text).toList());
  }

  /** Events of each partition are produced all the time. */
  private Duration unreadMax(Instant begin, Instant end) {
    return begin.isAfter(end)
        ? Duration.ZERO
        : partitions.stream()
            .map(id -> nodes.processed().longestPause(id, begin, end))
            .max(Comparator.naturalOrder())
            .orElseThrow();
  }

  private static String ends(List<Long> numbers) {
    return numbers.size() + " from " + numbers.get(0) + " to " + numbers.get(numbers.size() - 1);
  }

  List<String> streamFailures() {
    return nodes.streamFailures();
  }

  /** How often each kind of fault has hit, in words. */
  String faults() {
    return hits.toString();
  }

  /** Returns the seconds that each step took. */
  String times() {
    return String.join(", ", times);
  }

  int nodesStarted() {
    return nodes.started().size();
  }

  @Override
  public void close() {
    disturber.close();
    feed.close();
    nodes.close();
    services.close();
  }
}
