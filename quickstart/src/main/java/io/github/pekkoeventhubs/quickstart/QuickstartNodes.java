// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Several nodes of one cluster, each in a process of its own. */
final class QuickstartNodes implements Consumers {

  private final List<QuickstartProcess> nodes = new ArrayList<>();

  /** Starts them all at once; returns when all have joined and run their streams. */
  QuickstartNodes(int count, Connections connections, Ledger ledger) {
    this(count, connections, ledger, List.of());
  }

  /**
   * The same with more options of their JVMs.
   *
   * @param options such as settings
   */
  QuickstartNodes(int count, Connections connections, Ledger ledger, List<String> options) {
    try {
      for (int number = 1; number <= count; number++) {
        nodes.add(QuickstartProcess.start("node " + number, connections, ledger, options));
      }
      String first = nodes.get(0).address();
      nodes.forEach(node -> node.join(first));
      nodes.forEach(QuickstartProcess::awaitUp);
      nodes.forEach(QuickstartProcess::run);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The node with this number, from 1. */
  QuickstartProcess node(int number) {
    return nodes.get(number - 1);
  }

  /** Whether every living node has at least one partition. */
  boolean allHavePartitions() {
    return nodes.stream()
        .filter(QuickstartProcess::isAlive)
        .noneMatch(n -> n.partitions().isEmpty());
  }

  @Override
  public Map<String, ReportedPartition> partitions() {
    Map<String, ReportedPartition> all = new TreeMap<>();
    for (QuickstartProcess node : nodes) {
      if (node.hasFailed()) {
        throw new IllegalStateException(node.name() + " has ended by itself");
      }
      node.partitions()
          .forEach((id, owned) -> all.merge(id, owned, (a, b) -> b.isRunning() ? b : a));
    }
    return all;
  }

  @Override
  public String nameOf(String ownerId) {
    return nodes.stream()
        .filter(node -> node.isOwner(ownerId))
        .map(node -> node.isAlive() ? node.name() : node.name() + " (dead)")
        .findFirst()
        .orElse(ownerId);
  }

  @Override
  public Map<String, Integer> metricsPorts() {
    Map<String, Integer> ports = new TreeMap<>();
    nodes.forEach(node -> ports.put(node.name(), node.metricsPort()));
    return ports;
  }

  @Override
  public void drain() {
    List<QuickstartProcess> living = nodes.stream().filter(QuickstartProcess::isAlive).toList();
    living.forEach(QuickstartProcess::drain);
    living.forEach(QuickstartProcess::awaitEnd);
  }

  @Override
  public void close() {
    nodes.stream().filter(QuickstartProcess::isAlive).forEach(QuickstartProcess::kill);
  }
}
