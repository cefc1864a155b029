// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.ArrayList;
import java.util.List;

/** The event hub itself: its partitions, and how well the service answers. */
final class HubState {

  private final List<PartitionLog> partitions = new ArrayList<>();
  private int unanswered;

  /** The hub has grown. */
  PartitionLog add() {
    PartitionLog log = new PartitionLog(Integer.toString(partitions.size()));
    partitions.add(log);
    return log;
  }

  List<PartitionLog> partitions() {
    return partitions;
  }

  List<String> partitionIds() {
    return partitions.stream().map(log -> log.id).toList();
  }

  PartitionLog partition(String id) {
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
