// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {

  private final Ledger ledger = new Ledger("this");

  @Test
  void countsWhatIsMissingAndWhatCameTwice() {
    ledger.produced(4);
    ledger.processed(new Order("this", 0, "0", 7));
    ledger.processed(new Order("this", 2, "0", 8));
    ledger.processed(new Order("this", 2, "0", 8));

    assertThat(ledger.processed()).isEqualTo(2);
    assertThat(ledger.duplicates()).isEqualTo(1);
    assertThat(ledger.missing()).isEqualTo(2);
    assertThat(ledger.lastProcessed("0")).hasValue(8);
    assertThat(ledger.lastProcessed("1")).isEmpty();
  }

  @Test
  void ignoresEventsOfOtherRuns() {
    ledger.produced(1);
    ledger.processed(new Order("another", 0, "0", 7));
    assertThat(ledger.missing()).isEqualTo(1);
  }

  @Test
  void takesAnEventFromAnotherProcessAsItWas() {
    Order order = new Order("this", 5, "3", 1234567890123L);
    assertThat(Order.parse(order.toLine())).isEqualTo(order);
  }
}
