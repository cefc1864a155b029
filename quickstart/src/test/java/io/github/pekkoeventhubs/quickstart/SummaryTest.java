// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.quickstart.Script.Verdict;
import io.github.pekkoeventhubs.quickstart.Summary.PartitionEnd;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static final Verdict NO_DUPLICATES = new Verdict("duplicates 0", true);
  private static final PartitionEnd COMPLETE = new PartitionEnd("0", 9, 9, "");

  @Test
  void isCorrectWhenEverythingIsProcessedCommittedAndReleased() {
    Summary summary = new Summary(10, 10, 0, NO_DUPLICATES, List.of(COMPLETE));
    assertThat(summary.isCorrect()).isTrue();
    assertThat(summary.lines()).anyMatch(line -> line.contains("Correct"));
  }

  @Test
  void namesALostEvent() {
    Summary summary = new Summary(10, 9, 1, NO_DUPLICATES, List.of(COMPLETE));
    assertThat(summary.problems()).containsExactly("1 events were lost");
    assertThat(summary.lines()).anyMatch(line -> line.contains("WRONG: 1 events were lost."));
  }

  @Test
  void namesACheckpointThatIsBehindAndAPartitionThatIsStillOwned() {
    Summary summary =
        new Summary(10, 10, 0, NO_DUPLICATES, List.of(new PartitionEnd("3", 9, 8, "node@host#1")));
    assertThat(summary.problems())
        .containsExactly(
            "the checkpoint of partition 3 is not at its end",
            "partition 3 is still owned by node@host#1");
  }

  @Test
  void namesDuplicatesThatShouldNotBe() {
    Summary summary = new Summary(10, 10, 0, new Verdict("duplicates 2", false), List.of(COMPLETE));
    assertThat(summary.isCorrect()).isFalse();
  }
}
