// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Interleaving;
import io.github.pekkoeventhubs.benchmarks.Rounds;
import java.util.List;

/**
 * Readers in turn. No event is sent before all receivers of a reader are attached, so that how they
 * start makes no difference.
 */
final class ReadingRounds {

  private ReadingRounds() {}

  /** Events per second. */
  static Rounds<Reader> measure(
      Environment environment, ConsumeTask task, List<Reader> readers, int rounds)
      throws Exception {
    return Interleaving.measure(
        readers,
        Reader::name,
        environment.warmUps(),
        rounds,
        reader -> eventsPerSecond(task, reader));
  }

  static double eventsPerSecond(ConsumeTask task, Reader reader) throws Exception {
    task.services().awaitReceivers(0);
    task.services().awaitSettled();
    task.services().stall(task.eventHub());
    try {
      RateMeter meter = task.meter();
      Reader.Running running = reader.start(task, meter);
      try {
        task.services().awaitReceivers(task.partitions());
        task.services().resume();
        return meter.eventsPerSecond();
      } finally {
        running.stop();
      }
    } finally {
      task.services().resume();
    }
  }
}
