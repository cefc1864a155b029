// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process that has all partitions gets a SIGTERM, and then the one that follows it. */
@DisabledOnOs(OS.WINDOWS)
class TerminatedFixedNodeIT extends TerminatedNodesFixture {

  private static final String CONFIGURATION = "terminated-node.conf+subscription-fixed.conf";

  TerminatedFixedNodeIT() {
    super("terminated-fixed-node");
  }

  @Test
  void aProcessWithFixedPartitionsGoesOnWhereThePreviousOneHasEnded() {
    replaceOneAfterTheOther("fixed", 1, CONFIGURATION, LEAVES);
  }

  @Test
  void aProcessWithFixedPartitionsGoesOnSoonWhereTheStoreIsBusyWhenThePreviousOneEnds() {
    replaceWithABusyStore("fixed", 1, CONFIGURATION);
  }
}
