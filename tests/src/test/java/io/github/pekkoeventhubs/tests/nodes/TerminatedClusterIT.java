// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The processes of a cluster get a SIGTERM, one after the other. */
@DisabledOnOs(OS.WINDOWS)
class TerminatedClusterIT extends TerminatedNodesFixture {

  private static final String CONFIGURATION = "terminated-node.conf";

  TerminatedClusterIT() {
    super("terminated-cluster");
  }

  @Test
  void aClusterOfThreeProcessesNothingTwiceWhileOneAfterTheOtherIsReplaced() {
    replaceOneAfterTheOther("sharded", 3, CONFIGURATION, LEAVES);
  }

  @Test
  void aClusterOfThreeGoesOnSoonWhereTheStoreIsBusyWhenOneIsReplaced() {
    replaceWithABusyStore("sharded", 3, CONFIGURATION);
  }
}
