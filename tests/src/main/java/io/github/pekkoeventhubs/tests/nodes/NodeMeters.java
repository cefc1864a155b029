// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.micrometer.EventHubsMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorSystem;

/** The meters of a node, in a registry that nobody scrapes. */
final class NodeMeters {

  private static final String PARTITION = "messaging.destination.partition.id";

  private final MeterRegistry registry = new SimpleMeterRegistry();

  /** Binds those of the system, until it terminates. */
  NodeMeters(ActorSystem<?> system) {
    EventHubsMetrics.bind(registry, system);
  }

  /** Counts them for a node that runs these partitions. */
  SeriesCount count(Set<String> running) {
    List<Meter> meters = registry.getMeters();
    return new SeriesCount(
        meters.size(),
        meters.stream()
            .map(meter -> meter.getId().getTag(PARTITION))
            .filter(partition -> partition == null || !running.contains(partition))
            .count());
  }
}
