// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.ConsumerNodes;
import io.github.pekkoeventhubs.tests.nodes.EventFeed;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Two nodes that live under the faults of a plan, and a third that comes and goes. The nodes that
 * live are asked all the time what they hold.
 */
final class SoakRun implements AutoCloseable {

  private static final String CONFIGURATION = "chaos-node.conf+slow-tokens.conf+soak-node.conf";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int RETAINED_PER_PARTITION = 20_000;

  /** The part of the time in which pools and caches fill and code is compiled. */
  private static final int WARM_UP_PART = 4;

  private final SoakPlan plan;
  private final NodeJvms jvms;
  private final Set<String> partitions =
      IntStream.range(0, SoakPlan.PARTITIONS)
          .mapToObj(Integer::toString)
          .collect(Collectors.toCollection(TreeSet::new));
  private final EmbeddedServices services = EmbeddedServices.acceptingTokens(SoakPlan.PARTITIONS);
  private final ConsumerNodes nodes;
  private final EventFeed feed = new EventFeed(services, 1, Duration.ofMillis(50));
  private final FaultHits hits = new FaultHits();
  private final List<String> violations = new ArrayList<>();
  private Map<String, List<SoakSample>> allSamples = Map.of();

  SoakRun(SoakPlan plan, NodeJvms jvms) {
    this.plan = plan;
    this.jvms = jvms;
    nodes = new ConsumerNodes(services, jvms, CONFIGURATION);
    services.eventHubs().retainEvents(EmbeddedServices.EVENT_HUB, RETAINED_PER_PARTITION);
  }

  SoakResult execute() {
    NodeProcess first = nodes.start();
    expect(first + " is up", first::isUp);
    List<NodeProcess> residents = List.of(first, nodes.start());
    expectShared("at the start", residents);
    jvms.prepare(1);
    feed.upTo(Long.MAX_VALUE);
    expect("events are processed", () -> nodes.processed().distinct() > 0);
    Instant begin = Instant.now();
    try (SoakDisturber disturber = new SoakDisturber(services, nodes, residents, hits);
        SoakSampler sampler = new SoakSampler(services, residents, sampleInterval())) {
      return endure(disturber, sampler, residents, begin);
    }
  }

  /** Some hundred samples of an hour, and as many as there can be of minutes. */
  private Duration sampleInterval() {
    Duration interval = plan.length().dividedBy(360);
    Duration shortest = Duration.ofSeconds(2);
    return interval.compareTo(shortest) < 0 ? shortest : interval;
  }

  private SoakResult endure(
      SoakDisturber disturber, SoakSampler sampler, List<NodeProcess> residents, Instant begin) {
    Instant end;
    try {
      disturber.start(plan.faults());
      Instant faultsEnd = begin.plus(plan.length()).plus(SoakPlan.INTERVAL);
      await("the time passes")
          .atMost(plan.length().plus(PATIENCE))
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () ->
                  !Instant.now().isBefore(faultsEnd)
                      || !residents.stream().allMatch(NodeProcess::isAlive));
      disturber.finish();
      expectShared("after the last fault", residents);
      feed.stop();
      end = Instant.now();
      expect("every event is processed and committed", this::isAllDone);
      int enough = sampler.count() + 3;
      expect("samples are taken in peace", () -> sampler.count() >= enough);
    } catch (ConditionTimeoutException tooLate) {
      violations.add(String.valueOf(tooLate.getMessage()));
      feed.stop();
      end = Instant.now();
    }
    violations.addAll(disturber.failures());
    violations.addAll(sampler.failures());
    residents.stream()
        .filter(node -> !node.isAlive())
        .forEach(node -> violations.add(node + " has not lived to the end"));
    allSamples = sampler.samples(Duration.ZERO);
    return judge(sampler.samples(plan.length().dividedBy(WARM_UP_PART)), begin, end);
  }

  private boolean isAllDone() {
    long last = feed.producedPerPartition() - 1;
    return nodes.processed().distinct() == feed.producedPerPartition() * SoakPlan.PARTITIONS
        && services.checkpoints().size() == SoakPlan.PARTITIONS
        && services.checkpoints().values().stream().allMatch(number -> number == last);
  }

  private void expectShared(String when, List<NodeProcess> residents) {
    expect(
        "the two nodes share all partitions " + when,
        () -> ConsumerNodes.share(partitions, residents));
  }

  private static void expect(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).until(condition);
  }

  private SoakResult judge(Map<String, List<SoakSample>> samples, Instant begin, Instant end) {
    Map<String, Duration> pauses = new TreeMap<>();
    partitions.forEach(id -> pauses.put(id, nodes.processed().longestPause(id, begin, end)));
    SoakVerdict verdict = new SoakVerdict(samples, pauses);
    StoreHistory history = StoreHistory.of(services.blobs().writes());
    nodes
        .processed()
        .missing(partitions, feed.producedPerPartition())
        .forEach(
            (id, lost) -> violations.add("partition " + id + ": lost " + lost.size() + " events"));
    violations.addAll(history.regressions());
    violations.addAll(history.staleCommits());
    violations.addAll(ShownSecrets.violations(jvms.logs(), nodes.streamFailures()));
    violations.addAll(new StreamFailures(nodes.streamFailures(), hits, Set.of()).violations());
    violations.addAll(verdict.violations());
    return new SoakResult(
        verdict,
        hits.total(),
        hits.kinds(),
        nodes.processed().distinct(),
        nodes.processed().repeated().size(),
        nodes.streamFailures().size(),
        violations.stream().map(text -> "seed " + plan.seed() + ": " + text).toList());
  }

  /** How often each kind of fault has hit, in words. */
  String faults() {
    return hits.toString();
  }

  /** The samples with those of the warm-up, by node. */
  Map<String, List<SoakSample>> allSamples() {
    return allSamples;
  }

  @Override
  public void close() {
    feed.close();
    nodes.close();
    services.close();
  }
}
