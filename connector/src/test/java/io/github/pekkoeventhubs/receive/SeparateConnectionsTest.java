// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeparateConnectionsTest {

  private final SeparateConnections connections = new SeparateConnections();

  @BeforeEach
  void asManyAsThereMayBe() {
    for (int partition = 0; partition < SeparateConnections.MOST; partition++) {
      assertThat(connections.want(Integer.toString(partition))).isTrue();
    }
  }

  @Test
  void noMoreThanAFewPartitionsHaveOne() {
    assertThat(connections.want("9")).isFalse();
    assertThat(connections.takeNext("9")).isFalse();
    assertThat(connections.want("0")).isTrue();
  }

  @Test
  void eachReceiverHasToAskForIt() {
    assertThat(connections.takeNext("0")).isTrue();
    assertThat(connections.want("9")).isFalse();

    assertThat(connections.takeNext("0")).isFalse();
    assertThat(connections.want("9")).isTrue();
  }

  @Test
  void onePartitionThatIsNoLongerReadMakesRoom() {
    connections.leave("0");
    assertThat(connections.want("9")).isTrue();
    assertThat(connections.takeNext("0")).isFalse();
  }
}
