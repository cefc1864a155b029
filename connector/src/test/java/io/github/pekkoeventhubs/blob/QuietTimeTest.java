// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuietTimeTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final QuietTime quiet = new QuietTime(clock::get);

  @Test
  void lastsAsLongAsTheLongestThatWasAskedFor() {
    assertThat(quiet.left()).isEmpty();

    quiet.ask(Duration.ofSeconds(3));
    quiet.ask(Duration.ofSeconds(1));
    assertThat(quiet.left()).hasValue(Duration.ofSeconds(3));

    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(quiet.left()).hasValue(Duration.ofSeconds(1));

    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(quiet.left()).isEmpty();
  }

  @Test
  void isNeverSoLongThatClaimsWouldExpire() {
    quiet.ask(Duration.ofHours(1));

    assertThat(quiet.left()).hasValue(QuietTime.LONGEST);
  }
}
