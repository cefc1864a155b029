// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.ArrayList;
import java.util.List;

/** The event hub itself: its partitions, and how well the service answers. */
final class HubState {

  private final List<SimulatedPartition> partitions = new ArrayList<>();
  private int unanswered;

  /** The hub has grown. */
  SimulatedPartition add() {
    SimulatedPartition log = new SimulatedPartition(Integer.toString(partitions.size()));
    partitions.add(log);
    return log;
  }

  /** It is deleted, and one of the same name is created. */
  void createAnew() {
    partitions.forEach(SimulatedPartition::createAnew);
  }

  List<SimulatedPartition> partitions() {
    return partitions;
  }

  List<String> partitionIds() {
    return partitions.stream().map(log -> log.id).toList();
  }

  SimulatedPartition partition(String id) {
    return partitions.get(Integer.parseInt(id));
  }

  /** Of 100 questions so many get no answer. */
  int unanswered() {
    return unanswered;
  }

  void setUnanswered(int ofHundred) {
    unanswered = ofHundred;
  }
}
