// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ObservedSinceTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong clock = new AtomicLong(-5);
  private final ObservedSince<String> observed = new ObservedSince<>(clock::get);

  private Map<String, Duration> afterAMinute(Map<String, String> conditions) {
    clock.addAndGet(MINUTE.toNanos());
    return observed.observe(conditions);
  }

  @Test
  void aConditionThatStaysGrowsOlder() {
    assertThat(afterAMinute(Map.of("a", "full"))).containsEntry("a", Duration.ZERO);
    assertThat(afterAMinute(Map.of("a", "full"))).containsEntry("a", MINUTE);
    assertThat(afterAMinute(Map.of("a", "full"))).containsEntry("a", MINUTE.multipliedBy(2));
  }

  @Test
  void anotherConditionBeginsAnew() {
    afterAMinute(Map.of("a", "full"));
    assertThat(afterAMinute(Map.of("a", "empty"))).containsEntry("a", Duration.ZERO);
  }

  @Test
  void aThingThatIsNotSeenIsForgotten() {
    afterAMinute(Map.of("a", "full"));
    assertThat(afterAMinute(Map.of())).isEmpty();
    assertThat(afterAMinute(Map.of("a", "full"))).containsEntry("a", Duration.ZERO);
  }
}
