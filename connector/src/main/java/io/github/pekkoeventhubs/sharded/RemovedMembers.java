// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The members that this node has seen removed from the cluster, under the names with which they
 * signed their claims. Only the latest ones are remembered: the claims of the others have long
 * expired. Thread-safe.
 */
final class RemovedMembers {

  /** More than a cluster loses while a claim lives. */
  static final int LIMIT = 256;

  // Guarded by this, the oldest first.
  private final Set<String> names = new LinkedHashSet<>();

  synchronized void add(String name) {
    names.remove(name);
    names.add(name);
    if (names.size() > LIMIT) {
      names.remove(names.iterator().next());
    }
  }

  synchronized Set<String> names() {
    return Set.copyOf(names);
  }
}
