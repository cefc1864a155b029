// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The partitions whose receivers have a connection that no other partition uses. They are few: a
 * namespace has a limit for its connections, and an outage could make each partition ask for one.
 * Not thread-safe.
 */
final class SeparateConnections {

  static final int MOST = 4;

  private final Set<String> partitionIds = new HashSet<>();

  /** Those whose next receiver gets a new connection. */
  private final Set<String> next = new HashSet<>();

  /** Those that have asked while there were too many, the oldest first. */
  private final Set<String> waiting = new LinkedHashSet<>();

  /**
   * Says which connection the next receiver of the partition is to get.
   *
   * @return whether it gets one of its own; not if too many others have one, or if it is not to
   */
  boolean ask(String partitionId, OwnConnection wish) {
    next.remove(partitionId);
    waiting.remove(partitionId);
    return switch (wish) {
      case NOT_WANTED -> false;
      case UNLESS_OTHERS_WAIT -> !makesRoom(partitionId) && take(partitionId);
      case WANTED -> take(partitionId);
    };
  }

  private boolean take(String partitionId) {
    if (partitionIds.size() >= MOST && !partitionIds.contains(partitionId)) {
      waiting.add(partitionId);
      return false;
    }
    partitionIds.add(partitionId);
    next.add(partitionId);
    return true;
  }

  /** The partition that has waited longest makes another one give its connection back once. */
  private boolean makesRoom(String partitionId) {
    if (waiting.isEmpty() || !partitionIds.remove(partitionId)) {
      return false;
    }
    waiting.remove(waiting.iterator().next());
    waiting.add(partitionId);
    return true;
  }

  /** Returns whether the receiver that is about to be attached gets a connection of its own. */
  boolean takeNext(String partitionId) {
    if (next.remove(partitionId)) {
      return true;
    }
    partitionIds.remove(partitionId);
    return false;
  }

  /** The partition no longer receives. */
  void leave(String partitionId) {
    next.remove(partitionId);
    waiting.remove(partitionId);
    partitionIds.remove(partitionId);
  }
}
