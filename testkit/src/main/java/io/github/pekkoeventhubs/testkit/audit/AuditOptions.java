// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.function.Function;

/**
 * The wishes for an audit. Immutable.
 *
 * @param stream starts the stream on a node, and answers what it was materialized to
 * @param seed decides what happens when
 * @param partitions of the event hub
 * @param events in each partition
 * @param eventFactory makes the event of a partition and a number
 * @param config of the nodes, before the audit's own
 * @param ownPositions whether the stream keeps its positions itself
 * @param clustered whether the nodes are members of a cluster
 * @param patience after this time without anything new a stream counts as stuck
 */
record AuditOptions(
    Function<? super AuditedNode, ?> stream,
    long seed,
    int partitions,
    int events,
    Function<EventKey, EventData> eventFactory,
    Config config,
    boolean ownPositions,
    boolean clustered,
    Duration patience) {

  private static final long DEFAULT_SEED = 4711;
  private static final int DEFAULT_PARTITIONS = 4;
  private static final int DEFAULT_EVENTS = 24;
  private static final Duration CLUSTER_PATIENCE = Duration.ofSeconds(10);

  /** With all defaults. */
  static AuditOptions of(Function<? super AuditedNode, ?> stream) {
    return new AuditOptions(
        stream,
        DEFAULT_SEED,
        DEFAULT_PARTITIONS,
        DEFAULT_EVENTS,
        key -> new EventData("order " + key),
        ConfigFactory.empty(),
        false,
        false,
        Duration.ofSeconds(2));
  }

  AuditOptions withSeed(long newSeed) {
    return new AuditOptions(
        stream,
        newSeed,
        partitions,
        events,
        eventFactory,
        config,
        ownPositions,
        clustered,
        patience);
  }

  AuditOptions withSize(int newPartitions, int newEvents) {
    return new AuditOptions(
        stream,
        seed,
        newPartitions,
        newEvents,
        eventFactory,
        config,
        ownPositions,
        clustered,
        patience);
  }

  AuditOptions withEventFactory(Function<EventKey, EventData> factory) {
    return new AuditOptions(
        stream, seed, partitions, events, factory, config, ownPositions, clustered, patience);
  }

  AuditOptions withConfig(Config newConfig) {
    return new AuditOptions(
        stream,
        seed,
        partitions,
        events,
        eventFactory,
        newConfig,
        ownPositions,
        clustered,
        patience);
  }

  AuditOptions withOwnPositions() {
    return new AuditOptions(
        stream, seed, partitions, events, eventFactory, config, true, clustered, patience);
  }

  /** A cluster needs time until it has begun to place partitions. */
  AuditOptions withCluster() {
    return new AuditOptions(
        stream,
        seed,
        partitions,
        events,
        eventFactory,
        config,
        ownPositions,
        true,
        patience.compareTo(CLUSTER_PATIENCE) < 0 ? CLUSTER_PATIENCE : patience);
  }

  AuditOptions withPatience(Duration newPatience) {
    return new AuditOptions(
        stream,
        seed,
        partitions,
        events,
        eventFactory,
        config,
        ownPositions,
        clustered,
        newPatience);
  }

  /** The event to send, with its key. */
  EventData event(EventKey key) {
    EventData event = eventFactory.apply(key);
    if (event == null) {
      throw new IllegalArgumentException(
          "withEvents(..) answers null for event " + key + "; it has to make an event for each");
    }
    event.getProperties().put(EventKey.PROPERTY, key.toString());
    return event;
  }
}
