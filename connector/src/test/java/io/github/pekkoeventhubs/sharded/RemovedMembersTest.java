// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemovedMembersTest {

  private final RemovedMembers removed = new RemovedMembers();

  @Test
  void membersThatWereRemovedAreRemembered() {
    removed.add("orders@10.0.0.1:7355#1");

    assertThat(removed.names()).containsExactly("orders@10.0.0.1:7355#1");
  }

  @Test
  void theyAreForgottenFromTheOldestOnSoThatALongLifeCostsNoMemory() {
    for (int member = 0; member < 10 * RemovedMembers.LIMIT; member++) {
      removed.add("orders@10.0.0.1:7355#" + member);
    }

    assertThat(removed.names())
        .hasSize(RemovedMembers.LIMIT)
        .contains("orders@10.0.0.1:7355#" + (10 * RemovedMembers.LIMIT - 1))
        .doesNotContain("orders@10.0.0.1:7355#0");
  }
}
