// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TurnLengthTest {

  private final TurnLength turn = new TurnLength();

  @Test
  void aFastStreamIsLookedAtOnceInManyEvents() {
    long now = 123_456_789;
    int events = turn.next(now);
    assertThat(events).as("nothing is known of the stream").isEqualTo(1);

    for (int i = 0; i < 10; i++) {
      now += 1_000L * events;
      events = turn.next(now);
    }

    assertThat(events).isEqualTo(TurnLength.MOST_EVENTS);
    assertThat(turn.begunAt()).isEqualTo(now);
  }

  @Test
  void aStreamThatBecomesSlowIsLookedAtForEachEventFromTheNextTurnOn() {
    long now = 0;
    int events = turn.next(now);
    for (int i = 0; i < 10; i++) {
      now += 1_000L * events;
      events = turn.next(now);
    }

    assertThat(turn.next(now + 100_000_000)).isEqualTo(1);
    assertThat(turn.next(now + 200_000_000)).isEqualTo(1);
  }

  @Property
  void noTurnOfASteadyStreamTakesLongerThanTheBoundUnlessOneEventDoes(
      @ForAll @LongRange(min = 1, max = 200_000_000) long nanosPerEvent) {
    TurnLength steady = new TurnLength();
    long now = 0;
    for (int i = 0; i < 50; i++) {
      int events = steady.next(now);
      long takes = events * nanosPerEvent;
      assertThat(events == 1 || takes <= TurnLength.LONGEST_NANOS)
          .as("%s events of %s ns", events, nanosPerEvent)
          .isTrue();
      now += takes;
    }
  }
}
