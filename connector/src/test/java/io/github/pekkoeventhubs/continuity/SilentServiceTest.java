// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The service delivers events, and does not answer questions about partitions. */
class SilentServiceTest extends ContinuityFixture {

  @Test
  void delaysAClaimByAFewSecondsAtMost() {
    send(50, SMALL);
    readUpTo(49);
    send(50, SMALL);
    FaultHandle silence = emulator.faults().ignoreNextPartitionQuestions(Integer.MAX_VALUE);

    run(settings().withMetadataTimeout(PATIENCE.plus(PATIENCE)));

    await().atMost(Duration.ofSeconds(30)).until(() -> read.contains(99L));
    assertThat(read).containsExactlyElementsOf(numbers(50, 99));
    assertThat(silence.hits()).isPositive();
    assertThat(warnings("without having compared"))
        .singleElement()
        .asString()
        .contains(PARTITION.toString(), "within 3.0 s");
  }
}
