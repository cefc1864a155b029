// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlobFaultsPendingTest {

  private static final BlobAddress ADDRESS =
      new BlobAddress("account", "container", "blob", new TreeMap<>());

  private final BlobFaults faults = new BlobFaults();

  @Test
  void forgetsAFaultOnlyWhenAllItsRequestsAreOver() throws InterruptedException {
    faults.next(2).answer(503, "ServerBusy");
    BlobFault first = take();
    BlobFault second = take();
    assertThat(faults.pending()).isEqualTo(1);

    first.on(() -> new HttpResponse(200));
    assertThat(faults.pending()).isEqualTo(1);
    second.on(() -> new HttpResponse(200));

    assertThat(faults.pending()).isZero();
  }

  private BlobFault take() {
    return Objects.requireNonNull(faults.take(BlobOperation.PUT_BLOB, ADDRESS));
  }
}
