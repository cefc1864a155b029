// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeparateConnectionsTest {

  private final SeparateConnections connections = new SeparateConnections();

  private boolean want(String partitionId) {
    return connections.ask(partitionId, OwnConnection.WANTED);
  }

  private boolean wantUnlessOthersWait(String partitionId) {
    return connections.ask(partitionId, OwnConnection.UNLESS_OTHERS_WAIT);
  }

  @BeforeEach
  void asManyAsThereMayBe() {
    for (int partition = 0; partition < SeparateConnections.MOST; partition++) {
      assertThat(want(Integer.toString(partition))).isTrue();
    }
  }

  @Test
  void noMoreThanAFewPartitionsHaveOne() {
    assertThat(want("9")).isFalse();
    assertThat(connections.takeNext("9")).isFalse();
    assertThat(want("0")).isTrue();
  }

  @Test
  void eachReceiverHasToAskForIt() {
    assertThat(connections.takeNext("0")).isTrue();
    assertThat(want("9")).isFalse();

    assertThat(connections.takeNext("0")).isFalse();
    assertThat(want("9")).isTrue();
  }

  @Test
  void onePartitionThatIsNoLongerReadMakesRoom() {
    connections.leave("0");
    assertThat(want("9")).isTrue();
    assertThat(connections.takeNext("0")).isFalse();
  }

  @Test
  void whatWasWantedAndNotTakenIsNotWantedByTheNextReceiver() {
    assertThat(connections.ask("0", OwnConnection.NOT_WANTED)).isFalse();
    assertThat(connections.takeNext("0")).isFalse();
    assertThat(want("9")).isTrue();
  }

  @Test
  void onePartitionThatShowsNothingMakesRoomForOneThatWaits() {
    assertThat(wantUnlessOthersWait("0")).as("none waits").isTrue();
    assertThat(want("8")).isFalse();
    assertThat(want("9")).isFalse();

    assertThat(wantUnlessOthersWait("0")).isFalse();
    assertThat(connections.takeNext("0")).isFalse();
    assertThat(want("8")).isTrue();
    assertThat(wantUnlessOthersWait("1")).as("9 waits still").isFalse();
    assertThat(want("9")).isTrue();

    // Those that have made room wait in their turn.
    assertThat(wantUnlessOthersWait("2")).isFalse();
    assertThat(want("0")).isTrue();
  }

  @Test
  void onePartitionThatNoLongerWantsOneMakesNobodyMakeRoom() {
    assertThat(want("8")).isFalse();
    assertThat(connections.ask("8", OwnConnection.NOT_WANTED)).isFalse();
    assertThat(want("9")).isFalse();
    connections.leave("9");

    assertThat(wantUnlessOthersWait("0")).isTrue();
  }
}
