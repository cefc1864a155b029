// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * Drives the machine through random orders of wishes, answers (late, doubled and never given),
 * timers and losses. {@link PartitionLifeWorld} judges every effect on the way.
 */
class PartitionLifePropertyTest {

  /** From the stop on: enough for every deadline and answer there is. */
  private static final int STEPS_TO_STOP = 8;

  enum Kind {
    OFFER,
    WITHDRAW,
    REPLACE,
    WITHDRAW_NEXT,
    STOP,
    ABANDON,
    DRAINED,
    CLAIM_GONE,
    CLAIM_DOUBTED,
    STALL,
    ANSWER_WELL,
    ANSWER_ANYHOW,
    ANSWER_STALE,
    FIRE_TIMER,
    FIRE_CANCELLED_TIMER
  }

  /**
   * @param choice chooses among what is possible at that point
   */
  record Action(Kind kind, int choice) {

    void on(PartitionLifeWorld world) {
      switch (kind) {
        case OFFER -> world.offer();
        case WITHDRAW -> world.withdraw();
        case REPLACE -> world.replace();
        case WITHDRAW_NEXT -> world.withdrawNext();
        case STOP -> world.stop();
        case ABANDON -> world.perform(world.life().abandoned("cancelled"));
        case DRAINED -> world.perform(world.life().drained());
        case CLAIM_GONE -> world.claimGone();
        case CLAIM_DOUBTED -> world.perform(world.life().claimDoubted());
        case STALL -> world.perform(world.life().receiverStalled(world.error));
        case ANSWER_WELL -> world.answer(choice, 0);
        case ANSWER_ANYHOW -> world.answer(choice, choice / 7);
        case ANSWER_STALE -> world.answerStale(choice);
        case FIRE_TIMER -> world.fire(choice);
        case FIRE_CANCELLED_TIMER -> world.fireCancelled(choice);
      }
    }
  }

  @Provide
  Arbitrary<List<Action>> lives() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(6, Kind.OFFER),
            Tuple.of(2, Kind.WITHDRAW),
            Tuple.of(2, Kind.REPLACE),
            Tuple.of(1, Kind.WITHDRAW_NEXT),
            Tuple.of(1, Kind.ABANDON),
            Tuple.of(3, Kind.DRAINED),
            Tuple.of(1, Kind.CLAIM_GONE),
            Tuple.of(1, Kind.CLAIM_DOUBTED),
            Tuple.of(1, Kind.STALL),
            Tuple.of(30, Kind.ANSWER_WELL),
            Tuple.of(8, Kind.ANSWER_ANYHOW),
            Tuple.of(8, Kind.ANSWER_STALE),
            Tuple.of(12, Kind.FIRE_TIMER),
            Tuple.of(4, Kind.FIRE_CANCELLED_TIMER));
    return kinds
        .flatMap(kind -> Arbitraries.integers().between(0, 999).map(n -> new Action(kind, n)))
        .list()
        .ofMaxSize(150);
  }

  @Provide
  Arbitrary<List<Action>> ends() {
    return Arbitraries.of(
            Kind.ANSWER_WELL,
            Kind.ANSWER_ANYHOW,
            Kind.ANSWER_STALE,
            Kind.FIRE_TIMER,
            Kind.DRAINED,
            Kind.OFFER,
            Kind.WITHDRAW,
            Kind.REPLACE,
            Kind.WITHDRAW_NEXT,
            Kind.STOP,
            Kind.CLAIM_GONE)
        .flatMap(kind -> Arbitraries.integers().between(0, 999).map(n -> new Action(kind, n)))
        .list()
        .ofMaxSize(20);
  }

  @Property(tries = 800)
  void everyEffectIsAllowedWhereItComesAndNoLifeEverStandsStill(
      @ForAll("lives") List<Action> actions, @ForAll boolean claims) {
    PartitionLifeWorld world = new PartitionLifeWorld(claims);

    for (Action action : actions) {
      action.on(world);
      assertThatItDoesNotStandStill(world);
    }

    Statistics.label("epochs")
        .collect(Math.min(world.epochs(), 3))
        .coverage(
            coverage -> {
              coverage.check(0).percentage(share -> share < 80);
              coverage.check(3).percentage(share -> share > 3);
            });
    Statistics.label("kept claims")
        .collect(world.keptClaims() > 0)
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 3));
  }

  /** Something is always to come: an answer, a timer, or the end of a receiver. */
  private static void assertThatItDoesNotStandStill(PartitionLifeWorld world) {
    State state = world.life().state();
    assertThat(world.isKeepingItsClaim()).as("a claim that is held is being renewed").isTrue();
    if (state == State.PARKED) {
      assertThat(world.isServing()).as("a stream waits at a parked partition").isFalse();
    } else if (state == State.RUNNING) {
      assertThat(
              world.life().link() == Link.ATTACHED
                  || world.awaitsAnAnswer()
                  || world.isRunning(Timer.ATTACH))
          .as("something brings the link back")
          .isTrue();
    } else if (state != State.STOPPED) {
      assertThat(world.awaitsAnAnswer() || world.isAnyTimerRunning())
          .as("something is to come in state " + state)
          .isTrue();
    }
  }

  @Property(tries = 800)
  void aStopEndsInTheEndWhateverIsAnsweredAndHowever(
      @ForAll("lives") List<Action> actions,
      @ForAll("ends") List<Action> disturbances,
      @ForAll boolean claims) {
    PartitionLifeWorld world = new PartitionLifeWorld(claims);
    actions.forEach(action -> action.on(world));

    world.stop();
    disturbances.forEach(action -> action.on(world));
    for (int step = 0; step < STEPS_TO_STOP && !world.isStopped(); step++) {
      world.fire(step);
    }

    assertThat(world.life().state()).isEqualTo(State.STOPPED);
    assertThat(world.isStopped()).isTrue();
  }

  @Property(tries = 400)
  void aStopEndsThroughAnswersAloneToo(
      @ForAll("lives") List<Action> actions, @ForAll boolean claims, @ForAll int choice) {
    PartitionLifeWorld world = new PartitionLifeWorld(claims);
    actions.forEach(action -> action.on(world));

    world.stop();
    for (int step = 0; step < STEPS_TO_STOP && !world.isStopped(); step++) {
      if (world.life().state() == State.DRAINING) {
        world.perform(world.life().drained());
      } else {
        world.answer(0, Math.floorMod(choice, 1000) / (step + 1));
      }
    }

    assertThat(world.isStopped()).isTrue();
  }

  @Property(tries = 400)
  void aStopIsHeardOnce(@ForAll("lives") List<Action> actions, @ForAll boolean claims) {
    PartitionLifeWorld world = new PartitionLifeWorld(claims);
    actions.forEach(action -> action.on(world));
    world.stop();

    List<Effect> second = world.life().stopRequested("rebalanced once more");

    assertThat(second).isEmpty();
  }
}
