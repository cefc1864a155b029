// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HealthAnswerTest {

  @Test
  void itsTextIsTheAnswer() {
    assertThat(new HealthAnswer(List.of())).hasToString("yes");
    assertThat(new HealthAnswer(List.of("orders stands still", "the store is silent")))
        .hasToString("no: orders stands still; the store is silent");
  }
}
