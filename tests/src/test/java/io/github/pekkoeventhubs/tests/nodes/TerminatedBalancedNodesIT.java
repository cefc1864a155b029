// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Processes that share the partitions through the store get a SIGTERM, one after the other. */
@DisabledOnOs(OS.WINDOWS)
class TerminatedBalancedNodesIT extends TerminatedNodesFixture {

  private static final String CONFIGURATION = "terminated-node.conf+subscription-balanced.conf";

  TerminatedBalancedNodesIT() {
    super("terminated-balanced-nodes");
  }

  @Test
  void threeProcessesThatShareThroughTheStoreProcessNothingTwice() {
    replaceOneAfterTheOther("balanced", 3, CONFIGURATION, LEAVES);
  }

  @Test
  void threeProcessesThatShareThroughTheStoreGoOnSoonWhereItIsBusyWhenOneIsReplaced() {
    replaceWithABusyStore("balanced", 3, CONFIGURATION);
  }
}
