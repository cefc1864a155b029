// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine that is busy alarms nobody, and hides nothing else. */
class AlarmingLinesTest {

  private static final String PAUSED =
      " WARN  io.github.pekkoeventhubs.PartitionOwner [orders/billing/3] was paused: looking at the"
          + " claim before anything is emitted";
  private static final String UNANSWERED =
      " WARN  io.github.pekkoeventhubs.PartitionOwner [orders/billing/3] renewing the claim failed:"
          + " no answer within 1500 ms";

  private static String starved(String time) {
    return time
        + " WARN  org.apache.pekko.cluster.ClusterHeartbeat Cluster Node [pekko://Tests@127.0.0.1:1]"
        + " - Scheduled sending of heartbeat was delayed. Previous heartbeat was sent [2500] ms ago,"
        + " expected interval is [1000] ms.";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12:00:00.000 WARN  org.apache.pekko.cluster.Cluster Cluster Node [a] - Marking node as"
            + " UNREACHABLE [b].",
        "12:00:00.000 WARN  org.apache.pekko.remote.PhiAccrualFailureDetector heartbeat interval is"
            + " growing too large for address pekko://Tests@127.0.0.1:1: 3000 millis",
        "12:00:00.000 WARN  org.apache.pekko.cluster.ClusterRemoteWatcher Detected unreachable: [b]",
        "12:00:00.000 WARN  com.azure.core.amqp.implementation.MessageFlux Terminal state",
        "12:00:00.000 WARN  org.apache.pekko.util.ManifestInfo Detected possible incompatible"
            + " versions",
        "12:00:00.000 INFO  io.github.pekkoeventhubs.PartitionOwner [orders/billing/3] assigned",
        "  at io.github.pekkoeventhubs.PartitionOwner WARN"
      })
  void whatANodeSaysOfABusyMachineAndWhatIsDocumentedAlarmsNobody(String line) {
    assertThat(AlarmingLines.of(List.of(line))).isEmpty();
  }

  @Test
  void aPauseCloseToALateHeartbeatAlarmsNobody() {
    assertThat(
            AlarmingLines.of(
                List.of(
                    "12:00:01.000" + PAUSED,
                    "12:00:02.000" + UNANSWERED,
                    starved("12:00:11.000"),
                    "12:00:21.000" + PAUSED,
                    "12:00:21.000" + UNANSWERED)))
        .isEmpty();
    assertThat(AlarmingLines.of(List.of(starved("23:59:59.000"), "00:00:01.000" + PAUSED)))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {PAUSED, UNANSWERED})
  void aPauseWithoutALateHeartbeatCloseToItAlarms(String late) {
    String before = "12:00:00.999" + late;
    String after = "12:00:21.001" + late;

    assertThat(AlarmingLines.of(List.of(before, starved("12:00:11.000"), after)))
        .containsExactly(before, after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12:00:00.000 WARN  io.github.pekkoeventhubs.PartitionOwner [orders/billing/3] lost: the"
            + " claim is somebody else's",
        "12:00:00.000 ERROR org.apache.pekko.cluster.Cluster Marking node as UNREACHABLE [b].",
        "12:00:00.000 WARN  org.apache.pekko.cluster.sbr.SplitBrainResolver SBR took decision",
        "12:00:00.000 WARN  com.azure.storage.common.Utility no answer within 1500 ms"
      })
  void everythingElseAlarmsAlsoCloseToALateHeartbeat(String line) {
    assertThat(AlarmingLines.of(List.of(starved("12:00:00.000"), line))).containsExactly(line);
  }
}
