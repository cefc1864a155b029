// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.SourceControl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The stream of one control. Its names are those of its partitions: it is shown as soon as it has
 * had one. Each incarnation of a stream that is restarted has an id of its own here, since its
 * counts begin at zero. For one thread at a time.
 */
final class ControlledStream {

  private final SourceControl control;
  private Optional<EventHubPartition> known = Optional.empty();
  private SourceControl incarnation;
  private int number = 1;

  ControlledStream(SourceControl control) {
    this.control = control;
    this.incarnation = control.incarnation();
  }

  StreamsView view() {
    SourceControl running = control.incarnation();
    if (running != incarnation) {
      incarnation = running;
      number++;
    }
    ConsumerStatus status = running.status();
    status.partitions().values().stream()
        .findFirst()
        .ifPresent(any -> known = Optional.of(any.partition()));
    return StreamsView.of(
        known.map(partition -> List.of(consumer(partition, status))).orElseGet(List::of));
  }

  private RunningConsumer consumer(EventHubPartition partition, ConsumerStatus status) {
    return new RunningConsumer(
        "control-" + number,
        partition.namespace(),
        partition.eventHub(),
        partition.consumerGroup(),
        Duration.ZERO,
        false,
        true,
        OptionalInt.empty(),
        status);
  }
}
