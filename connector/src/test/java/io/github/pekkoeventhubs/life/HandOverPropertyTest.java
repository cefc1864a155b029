// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * Drives the machine through the steps of hand-overs, in any order and mixed with wishes, losses
 * and timers. {@link PartitionLifeWorld} judges every effect: the user is told at most once in an
 * epoch, after the last event, and nothing is flushed before the user is done but at the deadline.
 */
class HandOverPropertyTest {

  enum Kind {
    OFFER,
    WITHDRAW,
    REPLACE,
    STOP,
    ABANDON,
    CLAIM_GONE,
    EMISSION_STOPPED,
    USER_FINISHED,
    DRAINED,
    ANSWER,
    FIRE_TIMER
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
        case STOP -> world.stop();
        case ABANDON -> world.perform(world.life().abandoned("cancelled"));
        case CLAIM_GONE -> world.claimGone();
        case EMISSION_STOPPED -> world.stopEmission();
        case USER_FINISHED -> world.finishUser();
        case DRAINED -> world.drain();
        case ANSWER -> world.answer(choice, 0);
        case FIRE_TIMER -> world.fire(choice);
      }
    }
  }

  @Provide
  Arbitrary<List<Action>> lives() {
    return Arbitraries.frequency(
            Tuple.of(8, Kind.OFFER),
            Tuple.of(3, Kind.WITHDRAW),
            Tuple.of(3, Kind.REPLACE),
            Tuple.of(1, Kind.STOP),
            Tuple.of(3, Kind.ABANDON),
            Tuple.of(1, Kind.CLAIM_GONE),
            Tuple.of(12, Kind.EMISSION_STOPPED),
            Tuple.of(8, Kind.USER_FINISHED),
            Tuple.of(8, Kind.DRAINED),
            Tuple.of(30, Kind.ANSWER),
            Tuple.of(3, Kind.FIRE_TIMER))
        .flatMap(kind -> Arbitraries.integers().between(0, 999).map(n -> new Action(kind, n)))
        .list()
        .ofMaxSize(120);
  }

  @Property(tries = 600)
  void theUserFinishesBetweenTheLastEventAndTheLastCheckpoint(
      @ForAll("lives") List<Action> actions, @ForAll boolean claims) {
    PartitionLifeWorld world = new PartitionLifeWorld(claims);
    boolean userHadToFinish = false;

    for (Action action : actions) {
      action.on(world);
      State state = world.life().state();
      userHadToFinish |= state == State.USER_FINISHING;
      if (state == State.DRAINING
          || state == State.USER_FINISHING
          || state == State.ACKNOWLEDGING) {
        assertThat(world.isRunning(Timer.DRAIN_DEADLINE)).as("its time is limited").isTrue();
      }
    }

    Statistics.label("the user had to finish")
        .collect(userHadToFinish)
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 4));
  }
}
