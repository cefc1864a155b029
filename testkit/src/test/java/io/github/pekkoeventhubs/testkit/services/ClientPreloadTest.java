// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Its failures are silent, so that it would otherwise be noticed by nobody. */
class ClientPreloadTest {

  @Test
  void receivesFromAnEventHubOfItsOwn() {
    assertThat(ClientPreload.receiveEvent()).isEqualTo("preload");
  }

  @Test
  void listsAContainerOfItsOwn() {
    assertThat(ClientPreload.listBlobs()).isZero();
  }
}
