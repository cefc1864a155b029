// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.ownership.LivePartitionStatus;
import io.github.pekkoeventhubs.ownership.TestSessions;
import io.github.pekkoeventhubs.ownership.TestStatuses;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whenever a partition emits nothing, its status names something without which it cannot go on. */
class WaitsForPropertyTest {

  private enum Action {
    THE_SERVICE_SENDS,
    THE_STREAM_ASKS,
    THE_STREAM_ACKNOWLEDGES,
    PAUSE,
    RESUME,
    THE_CLAIM_RUNS_OUT,
    THE_CLAIM_IS_RENEWED,
    THE_LINK_IS_REPLACED
  }

  private record Step(Action action, int amount) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Action.class), Arbitraries.integers().between(1, 60))
        .as(Step::new)
        .list()
        .ofMaxSize(30);
  }

  @Property
  void theStatusNamesWhatIsMissingAndNothingElse(
      @ForAll("steps") List<Step> steps, @ForAll boolean wide) {
    Partition partition = new Partition(wide);
    for (Step step : steps) {
      partition.perform(step);
      partition.settle();
      assertThat(partition.missing())
          .as("what is missing after %s", step)
          .contains(partition.waitsFor());
    }
    partition.goesOnWhenWhatIsNamedIsGiven();
  }

  /** A partition in a stage that does nothing but what a step says. */
  private static final class Partition extends IntakeFixture {
    private final Queue<CommittableEvent> out = new ArrayDeque<>();
    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final StageSignal stageSignal =
        new StageSignal(
            wakeUps::incrementAndGet,
            now::get,
            (delay, task) -> timers.add(task),
            DelayRule.ARRIVALS_WORTH_A_TIMER);
    private final PartitionIntake tested;
    private final LivePartitionStatus status;
    private boolean valid = true;
    private long sent;
    private long emitted;
    private long asked;

    Partition(boolean wide) {
      tested =
          intake(
              new IntakeWindow(wide ? 1000 : MAX_EVENTS, Long.MAX_VALUE),
              new LinkPrefetch(wide ? 512 : 1, Long.MAX_VALUE / 4096));
      tested.emitTo(stageSignal);
      status = TestStatuses.running(session.partition(), session, tested, now::get);
      attach(tested);
    }

    WaitsFor waitsFor() {
      return status.snapshot().waitsFor();
    }

    void perform(Step step) {
      switch (step.action()) {
        case THE_SERVICE_SENDS -> send(step.amount());
        case THE_STREAM_ASKS -> {
          asked += step.amount();
          emit();
        }
        case THE_STREAM_ACKNOWLEDGES -> acknowledge(step.amount());
        case PAUSE -> paused.set(true);
        case RESUME -> {
          paused.set(false);
          tested.wake();
        }
        case THE_CLAIM_RUNS_OUT -> {
          valid = false;
          TestSessions.validUntil(session, now.get());
        }
        case THE_CLAIM_IS_RENEWED -> {
          valid = true;
          TestSessions.validUntil(session, TestSessions.FOR_EVER);
          tested.wake();
        }
        case THE_LINK_IS_REPLACED -> {
          attach(tested);
          links.get(links.size() - 1).supplyFrom(tested.receivedCount(), sent);
        }
      }
    }

    private void send(int events) {
      sent += events;
      links.get(links.size() - 1).supply(sent);
    }

    private void acknowledge(int events) {
      for (int i = 0; i < events && !out.isEmpty(); i++) {
        out.remove().committableOffset().acknowledge();
      }
    }

    /** As a stage does while it has demand. */
    private void emit() {
      while (emitted < asked) {
        CommittableEvent next = next();
        if (next == null) {
          if (stageSignal.arm()) {
            tested.beforeWait();
          }
          next = next();
          if (next == null) {
            return;
          }
          stageSignal.disarm();
        }
        emitted++;
        out.add(next);
      }
    }

    private @Nullable CommittableEvent next() {
      CommittableEvent next = Elements.acknowledged().next(tested);
      if (next == null) {
        tested.beginTurn();
        next = Elements.acknowledged().next(tested);
      }
      return next;
    }

    /** Lets the stage react to everything that has woken it. */
    void settle() {
      while (!timers.isEmpty() || wakeUps.get() > 0) {
        if (wakeUps.getAndSet(0) > 0) {
          emit();
        } else {
          timers.remove().run();
        }
      }
    }

    Set<WaitsFor> missing() {
      Set<WaitsFor> missing = EnumSet.noneOf(WaitsFor.class);
      if (emitted == sent) {
        missing.add(WaitsFor.EVENTS);
      }
      if (emitted == asked) {
        missing.add(WaitsFor.DEMAND);
      }
      if (session.isFull()) {
        missing.add(WaitsFor.ACKNOWLEDGEMENTS);
      }
      if (paused.get()) {
        missing.add(WaitsFor.RESUME);
      }
      if (!valid) {
        missing.add(WaitsFor.STORE);
      }
      return missing;
    }

    void goesOnWhenWhatIsNamedIsGiven() {
      long before = emitted;
      for (int cures = 0; emitted == before; cures++) {
        assertThat(cures).as("nothing is named twice").isLessThan(WaitsFor.values().length);
        perform(new Step(cure(waitsFor()), 1));
        settle();
      }
    }

    private static Action cure(WaitsFor reason) {
      return switch (reason) {
        case EVENTS -> Action.THE_SERVICE_SENDS;
        case DEMAND -> Action.THE_STREAM_ASKS;
        case ACKNOWLEDGEMENTS -> Action.THE_STREAM_ACKNOWLEDGES;
        case RESUME -> Action.RESUME;
        case STORE -> Action.THE_CLAIM_IS_RENEWED;
        default -> throw new AssertionError("nothing here waits for " + reason);
      };
    }
  }
}
