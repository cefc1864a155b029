// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FatalReceiveErrorTest {

  @Test
  void aFatalErrorSaysWhatToDo() {
    assertThat(FatalReceiveError.of(new OutOfMemoryError("heap")))
        .hasMessageContaining("OutOfMemoryError: heap; give the process more memory");
    assertThat(FatalReceiveError.of(new NoClassDefFoundError("Gone")))
        .hasMessageContaining("NoClassDefFoundError: Gone; end this process and start another one");
  }
}
