// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NextOffsetObservationTest {

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0");
  private final NextOffsetObservation observation = new NextOffsetObservation();
  private final List<String> acknowledged = new ArrayList<>();

  private void observe(CommittableOffset offset, long events) {
    acknowledge(observation.observe(new Observed(offset, events)));
  }

  private void complete() {
    acknowledge(observation.complete());
  }

  private void acknowledge(@Nullable Observed observed) {
    if (observed != null) {
      observed.offset().acknowledge();
      acknowledged.add(observed.events() + " at " + observed.offset().sequenceNumber());
    }
  }

  @Test
  void anOffsetCountsWhenADifferentOneFollows() {
    observe(epoch.offset(1), 1);
    observe(epoch.offset(1), 1);
    assertThat(acknowledged).isEmpty();

    observe(epoch.offset(2), 1);

    assertThat(acknowledged).containsExactly("1 at 1");
  }

  @Test
  void theLastOffsetCountsOnCompletionOnce() {
    observe(epoch.offset(1), 4);
    complete();
    complete();

    assertThat(acknowledged).containsExactly("4 at 1");
  }

  @Test
  void nothingCountsOnCompletionOfAStreamWithoutOffsets() {
    complete();

    assertThat(acknowledged).isEmpty();
  }

  @Test
  void eachPartOfASplitOffsetIsAcknowledgedAndTheLastOneWithheld() {
    CommittableOffset split = epoch.offset(1).split(3);
    observe(split, 1);
    observe(split, 1);
    observe(split, 1);
    assertThat(epoch.acknowledgedNumbers()).isEmpty();

    observe(epoch.offset(2), 1);

    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);
    assertThat(acknowledged).containsExactly("0 at 1", "0 at 1", "1 at 1");
  }
}
