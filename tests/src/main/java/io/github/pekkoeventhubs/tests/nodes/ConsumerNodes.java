// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The nodes of one test, all in one cluster, and what they have processed. */
public final class ConsumerNodes implements AutoCloseable {

  private final EmbeddedServices services;
  private final NodeJvms jvms;
  private final String configuration;
  private final ProcessedEvents processed = new ProcessedEvents();
  private final List<NodeProcess> started = new ArrayList<>();

  /**
   * Nodes that consume the event hub of the services.
   *
   * @param configuration the name of a resource, or several with a plus between them of which later
   *     ones override earlier ones
   */
  public ConsumerNodes(EmbeddedServices services, NodeJvms jvms, String configuration) {
    this.services = services;
    this.jvms = jvms;
    this.configuration = configuration;
  }

  /** Starts a node that joins those that are up, or forms the cluster where none is. */
  public NodeProcess start() {
    return start(WallClock.OF_THE_MACHINE);
  }

  /** The same, by another wall clock. */
  NodeProcess start(WallClock clock) {
    List<NodeProcess> up = started.stream().filter(NodeProcess::isUp).toList();
    String name = "node-" + (started.size() + 1);
    NodeProcess node = NodeProcess.start(name, configuration, jvms, clock, services, up, processed);
    started.add(node);
    return node;
  }

  public ProcessedEvents processed() {
    return processed;
  }

  /** All that were started, in this order. */
  public List<NodeProcess> started() {
    return List.copyOf(started);
  }

  /** Those that are members and not frozen. */
  public List<NodeProcess> live() {
    return started.stream().filter(node -> node.isUp() && !node.isFrozen()).toList();
  }

  /** Whether each partition is run by exactly one of these nodes, by their own account. */
  public static boolean runAll(Set<String> partitions, Collection<NodeProcess> nodes) {
    Set<String> all = new TreeSet<>();
    for (NodeProcess node : nodes) {
      for (String partition : node.running()) {
        if (!all.add(partition)) {
          return false;
        }
      }
    }
    return all.equals(partitions);
  }

  /** Whether they run all partitions and none has two more than another. */
  public static boolean share(Set<String> partitions, Collection<NodeProcess> nodes) {
    int floor = partitions.size() / nodes.size();
    return runAll(partitions, nodes)
        && nodes.stream()
            .allMatch(node -> node.running().size() == floor || node.running().size() == floor + 1);
  }

  /** Why streams have failed, by node. */
  public List<String> streamFailures() {
    return started.stream()
        .flatMap(node -> node.streamFailures().stream().map(reason -> node + ": " + reason))
        .toList();
  }

  /** Attaches to a failure what the nodes said and logged. */
  public void describeIn(Throwable failure) {
    failure.addSuppressed(
        new IllegalStateException(
            started.stream()
                .map(
                    node ->
                        node
                            + (node.isAlive() ? "" : " (ended)")
                            + ", running "
                            + node.running()
                            + ", failures "
                            + node.streamFailures()
                            + ", logged:\n"
                            + node.logTail())
                .collect(Collectors.joining("\n\n"))));
  }

  @Override
  public void close() {
    started.forEach(NodeProcess::close);
  }
}
