// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlobLayoutTest {

  @Test
  void namesAreWrittenInLowerCase() {
    BlobLayout layout = BlobLayout.of("NS.servicebus.windows.net", "Orders", "$Default");

    assertThat(layout.ownership("0"))
        .isEqualTo("ns.servicebus.windows.net/orders/$default/ownership/0");
    assertThat(layout.checkpoint("0"))
        .isEqualTo("ns.servicebus.windows.net/orders/$default/checkpoint/0");
  }

  @Test
  void onlyNamesWithCapitalsHaveAVerbatimLayout() {
    assertThat(BlobLayout.verbatim("ns", "orders", "billing")).isEmpty();
    assertThat(BlobLayout.verbatim("ns", "Orders", "billing").orElseThrow().checkpoint("0"))
        .isEqualTo("ns/Orders/billing/checkpoint/0");
  }

  @Test
  void onlyBlobsDirectlyInTheFolderArePartitions() {
    String folder = BlobLayout.of("ns", "orders", "billing").ownerships();

    assertThat(BlobLayout.partitionId(folder + "12", folder)).contains("12");
    assertThat(BlobLayout.partitionId(folder, folder)).isEmpty();
    assertThat(BlobLayout.partitionId(folder + "12/13", folder)).isEmpty();
    assertThat(BlobLayout.partitionId("elsewhere/12", folder)).isEmpty();
  }
}
