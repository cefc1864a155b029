// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The parts of a request may hold a signature, which none of them shows as text. */
class RequestSecretsTest {

  @Test
  void aHeaderFieldShowsItsName() {
    assertThat(new HttpHeaders.Field("Authorization", "SharedKey account:Canary").toString())
        .isEqualTo("Authorization");
  }

  @Test
  void anAddressShowsItsPath() {
    TreeMap<String, String> query = new TreeMap<>();
    query.put("sig", "Canary");

    assertThat(new BlobAddress("account", "container", "blob", query).toString())
        .isEqualTo("/account/container/blob");
  }
}
