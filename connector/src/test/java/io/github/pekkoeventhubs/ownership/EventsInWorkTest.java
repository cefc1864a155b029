// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.continuity.ReadMark;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventsInWorkTest {

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final PartitionSession session = TestSessions.session("0", true, 100);

  private long now = Long.MAX_VALUE - Duration.ofSeconds(9).toNanos();
  private long received;
  private long emitted;
  private @Nullable ReadMark lastRead;

  private final EventsInWork inWork = inWork(session);

  private EventsInWork inWork(PartitionSession of) {
    QuietRun run =
        new QuietRun() {
          @Override
          public Progress progress() {
            return new Progress(received, emitted, 100, null);
          }

          @Override
          public @Nullable ReadMark lastRead() {
            return lastRead;
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

  private static boolean mayFail(EventsInWork events) {
    return events.mayFail(new IllegalStateException("undecodable"));
  }

  private void passes(Duration time) {
    now += time.toNanos();
  }

  @Test
  void aStreamWithoutEventsMayFailAtOnce() {
    assertThat(mayFail(inWork)).isTrue();
    assertThat(inWork.isAwaited()).isFalse();
    assertThat(inWork.dueFailure()).isEmpty();
  }

  @Test
  void aStreamMayFailOnceWhatHasArrivedIsEmittedAndAcknowledged() {
    received = 1;
    assertThat(mayFail(inWork)).isFalse();
    assertThat(inWork.isAwaited()).isTrue();
    assertThat(inWork.dueFailure()).isEmpty();

    CommittableOffset offset = emit();
    assertThat(inWork.dueFailure()).isEmpty();

    session.acknowledge(offset);
    assertThat(inWork.dueFailure())
        .hasValueSatisfying(failure -> assertThat(failure).hasMessage("undecodable"));
  }

  @Test
  void aStreamWithoutAcknowledgementsMayFailOnceWhatHasArrivedIsEmitted() {
    EventsInWork plain = inWork(TestSessions.session("0", false, 100));
    received = 1;
    assertThat(mayFail(plain)).isFalse();

    emitted = 1;
    assertThat(plain.dueFailure()).isPresent();
  }

  /** The stage has taken it from those that wait, and the session does not know it yet. */
  @Test
  void anEventThatIsBeingEmittedIsInWork() {
    received = 1;
    emitted = 1;
    lastRead = new ReadMark(0, "o0", null);
    assertThat(mayFail(inWork)).isFalse();

    session.emitting(new CommittableOffset(session, 0, "o0"), 0);
    assertThat(inWork.dueFailure()).isEmpty();
    session.acknowledge(new CommittableOffset(session, 0, "o0"));
    assertThat(inWork.dueFailure()).isPresent();
  }

  @Test
  void aStreamThatFinishesNothingMayFailAfterAWhile() {
    received = 1;
    assertThat(mayFail(inWork)).isFalse();
    passes(PATIENCE.minusNanos(1));
    assertThat(inWork.dueFailure()).isEmpty();
    passes(Duration.ofNanos(1));
    assertThat(inWork.dueFailure()).isPresent();
  }

  @Test
  void aStreamThatEmitsAcknowledgesOrSkipsHasItsTimeAnew() {
    received = 3;
    assertThat(mayFail(inWork)).isFalse();

    passes(PATIENCE);
    CommittableOffset first = emit();
    assertThat(inWork.dueFailure()).isEmpty();

    passes(PATIENCE);
    CommittableOffset second = emit();
    assertThat(inWork.dueFailure()).isEmpty();

    passes(PATIENCE);
    session.skipped(second);
    assertThat(inWork.dueFailure()).isEmpty();

    passes(PATIENCE);
    session.acknowledge(first);
    assertThat(inWork.dueFailure()).isEmpty();

    passes(PATIENCE);
    assertThat(inWork.dueFailure()).isPresent();
  }
}
