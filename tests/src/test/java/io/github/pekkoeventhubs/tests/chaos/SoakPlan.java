// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.Disturbance;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.DisturbanceKind;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.Disturbed;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.GuestComesOrGoes;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.Lasting;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.LastingKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The faults of a soak: a pure function of its seed and its length.
 *
 * @param faults one after the other, each {@link #INTERVAL} after the one before
 */
record SoakPlan(long seed, Duration length, List<SoakFault> faults) {

  static final int PARTITIONS = 6;
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Two minutes that begin with faults of both services. */
  static final long SHORT_FORM_SEED = 2;

  static final int SHORT_FORM_MINUTES = 2;

  /** Every so many faults one is that of the guest. */
  private static final int GUEST_EVERY = 4;

  static SoakPlan of(long seed, Duration length) {
    // Seeds that follow each other would begin alike.
    Random random = new Random(new SplittableRandom(seed).nextLong());
    long count = length.dividedBy(INTERVAL);
    List<SoakFault> faults = new ArrayList<>();
    List<SoakFault> round = new ArrayList<>();
    while (faults.size() < count) {
      if (faults.size() % GUEST_EVERY == GUEST_EVERY - 1) {
        faults.add(new GuestComesOrGoes());
      } else {
        if (round.isEmpty()) {
          round = round(random);
        }
        faults.add(round.remove(round.size() - 1));
      }
    }
    return new SoakPlan(seed, length, List.copyOf(faults));
  }

  /** One of each kind, in any order. */
  private static List<SoakFault> round(Random random) {
    List<SoakFault> round = new ArrayList<>();
    for (DisturbanceKind kind : DisturbanceKind.values()) {
      // Records are created once only.
      if (kind != DisturbanceKind.BLOB_CONFLICT) {
        int count = kind.failsStreams() ? 1 : 1 + random.nextInt(4);
        round.add(new Disturbed(new Disturbance(Duration.ZERO, kind, partition(random), count)));
      }
    }
    for (LastingKind kind : LastingKind.values()) {
      round.add(new Lasting(kind, partition(random)));
    }
    Collections.shuffle(round, random);
    return round;
  }

  private static String partition(Random random) {
    return Integer.toString(random.nextInt(PARTITIONS));
  }
}
