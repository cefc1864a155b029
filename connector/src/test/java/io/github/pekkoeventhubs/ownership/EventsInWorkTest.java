// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableOffset;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventsInWorkTest {

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final PartitionSession session = TestSessions.session("0", true, 100);

  private long now = Long.MAX_VALUE - Duration.ofSeconds(9).toNanos();
  private long received;
  private long emitted;

  private final EventsInWork inWork = inWork(session);

  private EventsInWork inWork(PartitionSession of) {
    QuietRun run =
        new QuietRun() {
          @Override
          public Progress progress() {
            return new Progress(received, emitted, 100, null);
          }
        };
    return new EventsInWork(OwnerLog.of(of.partition()), of, run, PATIENCE, () -> now);
  }

  private CommittableOffset emit() {
    CommittableOffset offset = new CommittableOffset(session, emitted, "o" + emitted);
    session.emitting(offset, 0);
    emitted++;
    return offset;
  }

  private boolean mayFail() {
    return mayFail(inWork);
  }

  private static boolean mayFail(EventsInWork events) {
    return events.mayFail(new IllegalStateException("undecodable"));
  }

  private void passes(Duration time) {
    now += time.toNanos();
  }

  @Test
  void aStreamWithoutEventsMayFailAtOnce() {
    assertThat(mayFail()).isTrue();
  }

  @Test
  void aStreamMayFailOnceWhatHasArrivedIsEmittedAndAcknowledged() {
    received = 1;
    assertThat(mayFail()).isFalse();

    CommittableOffset offset = emit();
    assertThat(mayFail()).isFalse();

    session.acknowledge(offset);
    assertThat(mayFail()).isTrue();
  }

  @Test
  void aStreamWithoutAcknowledgementsMayFailOnceWhatHasArrivedIsEmitted() {
    EventsInWork plain = inWork(TestSessions.session("0", false, 100));
    received = 1;
    assertThat(mayFail(plain)).isFalse();

    emitted = 1;
    assertThat(mayFail(plain)).isTrue();
  }

  @Test
  void aStreamThatFinishesNothingMayFailAfterAWhile() {
    received = 1;
    assertThat(mayFail()).isFalse();
    passes(PATIENCE.minusNanos(1));
    assertThat(mayFail()).isFalse();
    passes(Duration.ofNanos(1));
    assertThat(mayFail()).isTrue();
  }

  @Test
  void aStreamThatEmitsOrAcknowledgesHasItsTimeAnew() {
    received = 2;
    assertThat(mayFail()).isFalse();

    passes(PATIENCE);
    CommittableOffset first = emit();
    assertThat(mayFail()).isFalse();

    passes(PATIENCE);
    session.acknowledge(first);
    assertThat(mayFail()).isFalse();

    passes(PATIENCE);
    assertThat(mayFail()).isTrue();
  }
}
