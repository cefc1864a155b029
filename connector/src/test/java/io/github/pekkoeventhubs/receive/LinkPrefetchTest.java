// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class LinkPrefetchTest {

  private static final int MEBIBYTE = 1024 * 1024;
  private static final int MAX_EVENTS = 2000;
  private static final long MAX_BYTES = 2L * MEBIBYTE;

  private final LinkPrefetch prefetch = new LinkPrefetch(MAX_EVENTS, MAX_BYTES);
  private SizeAverage sizes = new SizeAverage();

  private boolean observe(LinkPrefetch observing, int bytes) {
    sizes.observe(bytes);
    return observing.observe(sizes.bytes());
  }

  /** Attaches anew whenever that is advised. Answers how often. */
  private int receive(int events, int bytes) {
    int replaced = 0;
    for (int i = 0; i < events; i++) {
      if (observe(prefetch, bytes)) {
        prefetch.attach();
        replaced++;
      }
    }
    return replaced;
  }

  @Example
  void theFirstLinkIsAsWideAsOneMayBe() {
    assertThat(prefetch.attach()).isEqualTo(MAX_EVENTS);
    assertThat(receive(100_000, 100)).isZero();
  }

  @Example
  void theFirstEventReplacesALinkThatIsTooWideForIt() {
    prefetch.attach();

    assertThat(observe(prefetch, MEBIBYTE)).isTrue();
    assertThat(prefetch.attach()).isEqualTo(2);
    assertThat(receive(100_000, MEBIBYTE)).isZero();
  }

  @Example
  void aLinkHoldsOneEventHoweverLarge() {
    LinkPrefetch tiny = new LinkPrefetch(MAX_EVENTS, 1);
    tiny.attach();
    observe(tiny, 100);

    assertThat(tiny.attach()).isEqualTo(1);
  }

  @Example
  void aWideLinkFollowsWhenEventsHaveBecomeSmall() {
    prefetch.attach();
    assertThat(observe(prefetch, MEBIBYTE)).isTrue();
    prefetch.attach();

    assertThat(receive(10_000, 100)).isPositive();
    assertThat(prefetch.attach()).isEqualTo(MAX_EVENTS);
    assertThat(receive(100_000, 100)).isZero();
  }

  @Example
  void aLostLinkIsReplacedByOneThatFitsWhatCame() {
    prefetch.attach();
    receive(3, 10_000);

    assertThat(prefetch.attach()).isEqualTo(128);
  }

  @Example
  void mixedSizesDoNotGoOnReplacingLinks() {
    prefetch.attach();
    int replaced = 0;
    for (int i = 0; i < 10_000; i++) {
      replaced += receive(99, 100) + receive(1, MEBIBYTE);
    }

    assertThat(replaced).isLessThan(20);
  }

  @Property
  void aLinkThatIsKeptHoldsNoMoreThanTwiceTheBytesOnAverage(
      @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 1, max = MEBIBYTE) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 8000) int maxEvents) {
    this.sizes = new SizeAverage();
    LinkPrefetch any = new LinkPrefetch(maxEvents, MAX_BYTES);
    int attached = any.attach();
    for (int bytes : sizes) {
      if (observe(any, bytes)) {
        attached = any.attach();
      }
      assertThat(attached).isBetween(1, maxEvents);
    }
    // The last size, for long enough, is the average.
    int last = sizes.get(sizes.size() - 1);
    for (int i = 0; i < 2_000; i++) {
      if (observe(any, last)) {
        attached = any.attach();
      }
    }
    assertThat(attached == 1 || (long) attached * last <= 2 * MAX_BYTES).isTrue();
  }

  @Example
  void theLinkOfASlowStreamHoldsWhatItTakesAndNoFewerThanAlwaysFit() {
    prefetch.attach();
    receive(10, 100);

    prefetch.slowedTo(300);
    assertThat(prefetch.attach()).isEqualTo(256);

    prefetch.slowedTo(0);
    assertThat(prefetch.attach()).isEqualTo(prefetch.narrowest()).isEqualTo(2);
    assertThat(receive(100_000, 100)).isZero();
  }

  @Example
  void aSlowStreamThatRunsShortSeveralTimesGetsAWideLink() {
    prefetch.attach();
    receive(10, 100);
    prefetch.slowedTo(0);
    prefetch.attach();

    assertThat(shortagesUntilWide()).isEqualTo(8);
    assertThat(prefetch.isForSlowStream()).isFalse();
    assertThat(prefetch.attach()).isEqualTo(MAX_EVENTS);
  }

  @Example
  void shortagesBeforeAStreamHasPlentyDoNotCount() {
    prefetch.attach();
    receive(10, 100);
    prefetch.slowedTo(0);
    prefetch.attach();
    for (int i = 0; i < 7; i++) {
      prefetch.ranShort();
    }

    prefetch.hasPlenty();

    assertThat(shortagesUntilWide()).isEqualTo(8);
  }

  @Example
  void aStreamThatIsSlowAgainAndAgainHasToRunShortMoreOften() {
    prefetch.attach();
    receive(10, 100);
    for (int expected : new int[] {8, 16, 32, 64, 128, 256, 256}) {
      prefetch.slowedTo(0);
      prefetch.attach();
      assertThat(shortagesUntilWide()).isEqualTo(expected);
      prefetch.attach();
    }
  }

  private int shortagesUntilWide() {
    int shortages = 1;
    while (!prefetch.ranShort()) {
      shortages++;
    }
    return shortages;
  }
}
