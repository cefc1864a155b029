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

  /** Attaches anew whenever that is advised. Answers how often. */
  private int receive(int events, int bytes) {
    int replaced = 0;
    for (int i = 0; i < events; i++) {
      if (prefetch.observe(bytes)) {
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

    assertThat(prefetch.observe(MEBIBYTE)).isTrue();
    assertThat(prefetch.attach()).isEqualTo(2);
    assertThat(receive(100_000, MEBIBYTE)).isZero();
  }

  @Example
  void aLinkHoldsOneEventHoweverLarge() {
    LinkPrefetch tiny = new LinkPrefetch(MAX_EVENTS, 1);
    tiny.attach();
    tiny.observe(100);

    assertThat(tiny.attach()).isEqualTo(1);
  }

  @Example
  void aWideLinkFollowsWhenEventsHaveBecomeSmall() {
    prefetch.attach();
    assertThat(prefetch.observe(MEBIBYTE)).isTrue();
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
    LinkPrefetch any = new LinkPrefetch(maxEvents, MAX_BYTES);
    int attached = any.attach();
    for (int bytes : sizes) {
      if (any.observe(bytes)) {
        attached = any.attach();
      }
      assertThat(attached).isBetween(1, maxEvents);
    }
    // The last size, for long enough, is the average.
    int last = sizes.get(sizes.size() - 1);
    for (int i = 0; i < 2_000; i++) {
      if (any.observe(last)) {
        attached = any.attach();
      }
    }
    assertThat(attached == 1 || (long) attached * last <= 2 * MAX_BYTES).isTrue();
  }
}
