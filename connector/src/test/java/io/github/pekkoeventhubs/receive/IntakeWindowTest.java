// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class IntakeWindowTest {

  private static final int MEBIBYTE = 1024 * 1024;

  @Example
  void beforeTheFirstEventTheLargestIsExpected() {
    assertThat(new IntakeWindow(1000, 8L * MEBIBYTE).events()).isEqualTo(8);
    assertThat(new IntakeWindow(5, 8L * MEBIBYTE).events()).isEqualTo(5);
  }

  @Example
  void smallEventsOpenTheWindowUpToTheNumberOfEvents() {
    IntakeWindow window = new IntakeWindow(1000, 8L * MEBIBYTE);

    window.observe(100);

    assertThat(window.events()).isEqualTo(1000);
  }

  @Example
  void aLargeEventNarrowsTheWindowAtOnceAndManySmallOnesWidenItSlowly() {
    IntakeWindow window = new IntakeWindow(1000, 1_000_000);
    window.observe(100);
    window.observe(100_000);
    assertThat(window.events()).isEqualTo(10);

    window.observe(100);
    assertThat(window.events()).isEqualTo(11);
    for (int i = 0; i < 100; i++) {
      window.observe(100);
    }
    assertThat(window.events()).isEqualTo(1000);
  }

  @Example
  void anEmptyEventCountsAsTheSmallest() {
    IntakeWindow window = new IntakeWindow(1000, 100);

    window.observe(0);

    assertThat(window.events()).isEqualTo(100);
  }

  @Property
  void oneEventMayAlwaysWaitAndNeverMoreThanBothBoundsAllow(
      @ForAll @IntRange(min = 1, max = 10_000) int maxEvents,
      @ForAll @LongRange(min = 1, max = 1L << 40) long maxBytes,
      @ForAll @Size(min = 1, max = 50) List<@IntRange(max = MEBIBYTE) Integer> sizes) {
    IntakeWindow window = new IntakeWindow(maxEvents, maxBytes);

    for (int bytes : sizes) {
      window.observe(bytes);

      assertThat(window.events()).isBetween(1, maxEvents);
      assertThat(window.events() == 1 || (long) window.events() * bytes <= maxBytes).isTrue();
    }
  }
}
