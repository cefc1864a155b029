// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.Test;

class ActiveNodesTest {

  @Test
  void aMemberThatWasDeclaredDownIsNotAskedToHandOver() {
    assertThat(ActiveNodes.canHandOver(MemberStatus.down())).isFalse();
    assertThat(ActiveNodes.canHandOver(MemberStatus.removed())).isFalse();
  }

  @Test
  void aMemberThatIsLeavingIsAskedToHandOver() {
    assertThat(ActiveNodes.canHandOver(MemberStatus.up())).isTrue();
    assertThat(ActiveNodes.canHandOver(MemberStatus.leaving())).isTrue();
    assertThat(ActiveNodes.canHandOver(MemberStatus.exiting())).isTrue();
  }
}
