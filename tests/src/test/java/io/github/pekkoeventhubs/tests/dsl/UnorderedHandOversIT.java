// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One minute of hand-overs; see {@link UnorderedHandOvers}. */
class UnorderedHandOversIT {

  @Test
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void nothingIsLostAndEveryCheckpointIsContiguous() throws Exception {
    try (UnorderedHandOvers scenario = new UnorderedHandOvers()) {
      scenario.disturbFor(Duration.ofSeconds(60));
    }
  }
}
