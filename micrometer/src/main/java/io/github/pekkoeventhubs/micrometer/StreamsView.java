// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.ProducerStatus;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import java.util.List;

/**
 * The streams that are measured, at one moment.
 *
 * @param consumers the sources
 * @param producers the producers
 * @param failures the sources that have failed without a successor
 */
record StreamsView(
    List<RunningConsumer> consumers,
    List<ProducerStatus> producers,
    List<FailedConsumer> failures) {

  static StreamsView of(RunningStreams streams) {
    return new StreamsView(streams.consumers(), streams.producers(), streams.failures());
  }

  static StreamsView of(List<RunningConsumer> consumers) {
    return new StreamsView(consumers, List.of(), List.of());
  }
}
