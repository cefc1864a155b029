// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import java.util.HashSet;
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

  /**
   * The next receiver of the partition is to get a connection of its own.
   *
   * @return false if too many others have one
   */
  boolean want(String partitionId) {
    if (partitionIds.size() >= MOST && !partitionIds.contains(partitionId)) {
      return false;
    }
    partitionIds.add(partitionId);
    next.add(partitionId);
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
    partitionIds.remove(partitionId);
  }
}
