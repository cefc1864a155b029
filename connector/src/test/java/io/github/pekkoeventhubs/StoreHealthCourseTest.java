// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoreHealthCourseTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE);
  private final StoreHealthCourse course = new StoreHealthCourse("container 'c'", clock::get);

  private void passes(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Test
  void aHiccupIsNoNewsHoweverManyPartitionsMeetIt() {
    for (int partition = 0; partition < 32; partition++) {
      assertThat(course.failed(StoreHealth.SILENT, "no answer")).isEmpty();
    }
    passes(Duration.ofSeconds(1));

    assertThat(course.answered()).isEmpty();
    assertThat(course.health()).isEqualTo(StoreHealth.ANSWERING);
  }

  @Test
  void aStoreThatStaysSilentIsSaidOnceAndItsReturnOnce() {
    course.failed(StoreHealth.SILENT, "no answer");
    passes(Duration.ofSeconds(3));

    assertThat(course.failed(StoreHealth.SILENT, "no answer"))
        .hasValue("container 'c' is silent since 3.0 s, 2 requests have failed: no answer");
    assertThat(course.failed(StoreHealth.SILENT, "no answer")).isEmpty();
    assertThat(course.health()).isEqualTo(StoreHealth.SILENT);

    passes(Duration.ofSeconds(4));
    assertThat(course.answered())
        .hasValue("container 'c' answers again, after 7.0 s and 3 failed requests");
    assertThat(course.answered()).isEmpty();
    assertThat(course.health()).isEqualTo(StoreHealth.ANSWERING);
  }

  @Test
  void anotherKindOfTroubleIsNews() {
    course.failed(StoreHealth.SILENT, "no answer");
    passes(Duration.ofSeconds(3));
    course.failed(StoreHealth.SILENT, "no answer");

    assertThat(course.failed(StoreHealth.REFUSING, "no container"))
        .hasValue("container 'c' is refusing since 3.0 s, 3 requests have failed: no container");
    assertThat(course.health()).isEqualTo(StoreHealth.REFUSING);
  }

  @Test
  void aSuccessInBetweenBeginsTheCountAnew() {
    course.failed(StoreHealth.THROTTLING, "busy");
    passes(Duration.ofSeconds(3));
    course.answered();

    assertThat(course.failed(StoreHealth.THROTTLING, "busy")).isEmpty();
    assertThat(course.health()).isEqualTo(StoreHealth.ANSWERING);

    passes(Duration.ofSeconds(3));
    assertThat(course.failed(StoreHealth.THROTTLING, "busy"))
        .hasValue("container 'c' is throttling since 3.0 s, 2 requests have failed: busy");
  }
}
