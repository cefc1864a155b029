// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

/**
 * The costs of a consumer's process within a window of time.
 *
 * @param events how many events it has got
 * @param processorNanos the processor time of the whole process
 * @param allocatedBytes by all its threads
 * @param medianMicros half of the events took no longer from the sender to the user's code
 * @param slowestMicros 99 % of the events took no longer
 */
record Usage(
    long events,
    long processorNanos,
    long allocatedBytes,
    double medianMicros,
    double slowestMicros) {

  String line() {
    return String.join(
        " ",
        Long.toString(events),
        Long.toString(processorNanos),
        Long.toString(allocatedBytes),
        Double.toString(medianMicros),
        Double.toString(slowestMicros));
  }

  static Usage parse(String line) {
    String[] words = line.split(" ");
    return new Usage(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Double.parseDouble(words[3]),
        Double.parseDouble(words[4]));
  }

  double processorNanosPerEvent() {
    return (double) processorNanos / events;
  }

  double allocatedPerEvent() {
    return (double) allocatedBytes / events;
  }
}
