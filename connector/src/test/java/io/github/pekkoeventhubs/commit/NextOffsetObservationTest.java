// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextOffsetObservationTest {

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0");
  private final NextOffsetObservation observation = new NextOffsetObservation();
  private final List<String> acknowledged = new ArrayList<>();
  private final Observation.Target target =
      (offset, events) -> {
        offset.acknowledge();
        acknowledged.add(events + " at " + offset.sequenceNumber());
      };

  @Test
  void anOffsetCountsWhenADifferentOneFollows() {
    observation.observe(epoch.offset(1), 1, target);
    observation.observe(epoch.offset(1), 1, target);
    assertThat(acknowledged).isEmpty();

    observation.observe(epoch.offset(2), 1, target);

    assertThat(acknowledged).containsExactly("1 at 1");
  }

  @Test
  void theLastOffsetCountsOnCompletionOnce() {
    observation.observe(epoch.offset(1), 4, target);
    observation.complete(target);
    observation.complete(target);

    assertThat(acknowledged).containsExactly("4 at 1");
  }

  @Test
  void nothingCountsOnCompletionOfAStreamWithoutOffsets() {
    observation.complete(target);

    assertThat(acknowledged).isEmpty();
  }

  @Test
  void eachPartOfASplitOffsetIsAcknowledgedAndTheLastOneWithheld() {
    CommittableOffset split = epoch.offset(1).split(3);
    observation.observe(split, 1, target);
    observation.observe(split, 1, target);
    observation.observe(split, 1, target);
    assertThat(epoch.acknowledgedNumbers()).isEmpty();

    observation.observe(epoch.offset(2), 1, target);

    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);
    assertThat(acknowledged).containsExactly("0 at 1", "0 at 1", "1 at 1");
  }
}
