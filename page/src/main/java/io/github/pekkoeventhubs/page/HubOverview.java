// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.List;

/**
 * An event hub.
 *
 * @param partitions in the order to show
 * @param groups in the order to show
 */
public record HubOverview(
    String name, List<PartitionEvents> partitions, List<GroupProgress> groups) {

  /** Copies. */
  public HubOverview {
    partitions = List.copyOf(partitions);
    groups = List.copyOf(groups);
  }
}
