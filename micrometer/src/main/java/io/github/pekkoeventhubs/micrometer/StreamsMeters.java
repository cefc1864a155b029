// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.ProducerStatus;
import io.github.pekkoeventhubs.RunningConsumer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * All meters of some streams in a registry. The streams are looked at once for all meters that are
 * read within half a second, as a scrape reads them. Thread-safe: meters are read on any thread
 * while others are registered.
 */
final class StreamsMeters {

  private static final Duration FRESH = Duration.ofMillis(500);

  private final MeterRegistry registry;
  private final Supplier<StreamsView> streams;
  private final LongSupplier nanoTime;
  private final SeriesByTags<PartitionStatus> partitions;
  private final SeriesByTags<GroupView> groups;
  private final SeriesByTags<ProducerStatus> producers;
  private final SeriesByTags<FailedConsumer> failures;

  /** Held while the streams are looked at. */
  private final Object looking = new Object();

  private volatile long lookedAt;

  /** Guarded by this, as all changes of the registry are. */
  private boolean closed;

  StreamsMeters(
      MeterRegistry registry,
      Supplier<StreamsView> streams,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.registry = registry;
    this.streams = streams;
    this.nanoTime = nanoTime;
    this.partitions = series(PartitionMeters.all(clock), PartitionMeters::closer);
    this.groups = series(GroupView.meters(), GroupView::and);
    this.producers = series(ProducerMeters.all(), ProducerMeters::together);
    this.failures = series(FailureMeters.all(), (one, other) -> other);
  }

  private <T> SeriesByTags<T> series(
      List<MeterSpecification<T>> specifications, BinaryOperator<T> together) {
    return new SeriesByTags<>(
        specifications, together, this::lookUnlessFresh, MeterClaims.of(registry));
  }

  /**
   * Looks at the streams, registers the meters of what has come and removes those of the rest.
   *
   * @throws RuntimeException if the registry fails at one; the next call tries that one again
   */
  synchronized void refresh() {
    if (closed) {
      return;
    }
    look();
    each(kind -> kind.registerIn(registry));
  }

  private void each(Consumer<SeriesByTags<?>> action) {
    Attempts attempts = new Attempts();
    List.of(partitions, groups, producers, failures)
        .forEach(kind -> attempts.attempt(() -> action.accept(kind)));
    attempts.end();
  }

  /** Removes all meters for good. */
  synchronized void close() {
    closed = true;
    each(kind -> kind.removeAllFrom(registry));
  }

  private void lookUnlessFresh() {
    if (isOld()) {
      synchronized (looking) {
        if (isOld()) {
          look();
        }
      }
    }
  }

  private boolean isOld() {
    return nanoTime.getAsLong() - lookedAt > FRESH.toNanos();
  }

  private void look() {
    synchronized (looking) {
      StreamsView view = streams.get();
      Set<String> consumers = ids(view.consumers(), RunningConsumer::id);
      partitions.update(partitionsOf(view), consumers);
      groups.update(groupsOf(view), consumers);
      producers.update(producersOf(view), ids(view.producers(), ProducerStatus::id));
      failures.update(failuresOf(view), ids(view.failures(), FailedConsumer::id));
      lookedAt = nanoTime.getAsLong();
    }
  }

  private static <T> Set<String> ids(List<T> streams, Function<T, String> id) {
    return streams.stream().map(id).collect(Collectors.toSet());
  }

  private static Map<Tags, Map<String, PartitionStatus>> partitionsOf(StreamsView view) {
    Map<Tags, Map<String, PartitionStatus>> all = new HashMap<>();
    for (RunningConsumer consumer : view.consumers()) {
      for (PartitionStatus status : consumer.status().partitions().values()) {
        EventHubPartition partition = status.partition();
        add(
            all,
            MessagingTags.partition(
                partition.namespace(),
                partition.eventHub(),
                partition.consumerGroup(),
                partition.partitionId()),
            consumer.id(),
            status);
      }
    }
    return all;
  }

  private static Map<Tags, Map<String, GroupView>> groupsOf(StreamsView view) {
    Map<Tags, Map<String, GroupView>> all = new HashMap<>();
    for (RunningConsumer consumer : view.consumers()) {
      if (!consumer.namespace().isEmpty()) {
        add(
            all,
            MessagingTags.group(
                consumer.namespace(), consumer.eventHub(), consumer.consumerGroup()),
            consumer.id(),
            GroupView.of(consumer));
      }
    }
    return all;
  }

  private static Map<Tags, Map<String, ProducerStatus>> producersOf(StreamsView view) {
    Map<Tags, Map<String, ProducerStatus>> all = new HashMap<>();
    for (ProducerStatus status : view.producers()) {
      add(all, MessagingTags.eventHub(status.namespace(), status.eventHub()), status.id(), status);
    }
    return all;
  }

  private static Map<Tags, Map<String, FailedConsumer>> failuresOf(StreamsView view) {
    Map<Tags, Map<String, FailedConsumer>> all = new HashMap<>();
    for (FailedConsumer failed : view.failures()) {
      Tags tags =
          Tags.of(
              MessagingTags.SYSTEM,
              "eventhubs",
              MessagingTags.DESTINATION,
              failed.eventHub(),
              MessagingTags.GROUP,
              failed.consumerGroup());
      add(all, tags, failed.id(), failed);
    }
    return all;
  }

  private static <T> void add(Map<Tags, Map<String, T>> all, Tags tags, String id, T view) {
    all.computeIfAbsent(tags, absent -> new HashMap<>()).put(id, view);
  }
}
