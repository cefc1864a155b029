// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.ConsumerNodes;
import io.github.pekkoeventhubs.tests.nodes.EventFeed;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Nodes that share the partitions of one event hub, which is fed all the time. */
final class ConsumerGroup implements AutoCloseable {

  private final Set<String> partitions;
  private final Duration patience;
  private final EmbeddedServices services;
  private final ConsumerNodes nodes;
  private final EventFeed feed;

  /**
   * A group without a node yet, which is not fed yet.
   *
   * @param configuration of the nodes; the name of a resource
   * @param feedInterval between two events of a partition
   * @param patience for everything that is awaited
   * @param jvms that the nodes run in; stay open
   */
  ConsumerGroup(
      int partitions,
      String configuration,
      Duration feedInterval,
      Duration patience,
      NodeJvms jvms) {
    this.partitions =
        IntStream.range(0, partitions)
            .mapToObj(Integer::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    this.patience = patience;
    services = new EmbeddedServices(partitions);
    nodes = new ConsumerNodes(services, jvms, configuration);
    feed = new EventFeed(services, 1, feedInterval);
  }

  EmbeddedServices services() {
    return services;
  }

  ProcessedEvents processed() {
    return nodes.processed();
  }

  /** Starts a node, which joins those that are up. */
  NodeProcess start() {
    return nodes.start();
  }

  /** Starts a node and waits until it is up. */
  NodeProcess startFirst() {
    NodeProcess first = nodes.start();
    await("the first node to be up", first::isUp);
    return first;
  }

  void feed() {
    feed.upTo(Long.MAX_VALUE);
  }

  /** Waits until each partition runs at one of these nodes, and they have equal shares. */
  void awaitShares(NodeProcess... owners) {
    awaitShares(List.of(owners));
  }

  /** Waits until each partition runs at one of these nodes, and they have equal shares. */
  void awaitShares(List<NodeProcess> owners) {
    await("equal shares of " + owners, () -> ConsumerNodes.share(partitions, owners));
  }

  /** Waits until each partition runs at one of these nodes. */
  void awaitAllRun(List<NodeProcess> owners) {
    await("all partitions to run at " + owners, () -> ConsumerNodes.runAll(partitions, owners));
  }

  /** Waits until each partition has been processed from now on. */
  void awaitFlow() {
    Instant now = Instant.now();
    await(
        "events of all partitions",
        () ->
            partitions.stream()
                .allMatch(partition -> !nodes.processed().since(partition, now).isEmpty()));
  }

  /** Waits until these partitions have gone on elsewhere. */
  Interruptions awaitInterruptions(Set<String> moved, NodeProcess from, Instant since) {
    Interruptions interruptions = new Interruptions(nodes.processed(), moved, from, since);
    await("events from those that have taken over", interruptions::areOver);
    return interruptions;
  }

  /** Waits until everything produced so far has been processed: nothing is lost. */
  void awaitProcessed() {
    long produced = partitions.size() * feed.producedPerPartition();
    await(produced + " events to be processed", () -> nodes.processed().distinct() >= produced);
  }

  /** Ends the feed and waits until all of it has been processed. */
  void awaitEnd() {
    feed.stop();
    awaitProcessed();
  }

  void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(patience).until(condition);
  }

  @Override
  public void close() {
    feed.close();
    nodes.close();
    services.close();
  }
}
