// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.DurationDistribution;
import io.github.pekkoeventhubs.DurationDistribution.Bucket;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.LossReason;
import io.github.pekkoeventhubs.PartitionActivity;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.ProducerStatus;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.StoreAnswer;
import io.github.pekkoeventhubs.StoreHealth;
import io.github.pekkoeventhubs.StoreOperation;
import io.github.pekkoeventhubs.StoreRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Streams that are made up, with a number of its own in each figure. */
final class ExampleStreams {

  static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

  private ExampleStreams() {}

  static PartitionStatus partition(String id, OwnerState state, long emitted) {
    return new PartitionStatus(
        new EventHubPartition("ns", "orders", "billing", id),
        state,
        "node",
        OptionalLong.of(120),
        OptionalLong.of(110),
        OptionalLong.of(105),
        OptionalLong.of(100),
        OptionalLong.of(150),
        5,
        Optional.of(Duration.ofSeconds(7)),
        Optional.empty(),
        Optional.empty(),
        new AcknowledgementFigures(
            Optional.of(Duration.ofMillis(1500)), 3, 2, 1, times(30, Duration.ofMillis(900))),
        WaitsFor.DEMAND,
        Optional.empty(),
        11,
        12,
        new PartitionActivity(
            120,
            emitted,
            10,
            40,
            Optional.of(NOW.minusSeconds(30)),
            4,
            20,
            6,
            2,
            9,
            times(20, Duration.ofMillis(2000)),
            times(6, Duration.ofMillis(600))));
  }

  static RunningConsumer consumer(String id, PartitionStatus... partitions) {
    Map<String, PartitionStatus> byId = new LinkedHashMap<>();
    for (PartitionStatus status : partitions) {
      byId.put(status.partition().partitionId(), status);
    }
    return new RunningConsumer(
        id,
        "ns",
        "orders",
        "billing",
        Duration.ofSeconds(30),
        false,
        true,
        OptionalInt.of(8),
        new ConsumerStatus(
            byId,
            Optional.empty(),
            Optional.of(StoreHealth.THROTTLING),
            new PartitionMoves(
                9,
                5,
                Map.of(LossReason.CLAIMED, 1L, LossReason.EXPIRED, 2L),
                times(5, Duration.ofSeconds(2)),
                17),
            new StoreRequests(
                Map.of(
                    StoreOperation.WRITE_CHECKPOINT,
                    Map.of(StoreAnswer.ANSWERED, 20L, StoreAnswer.THROTTLED, 6L)))));
  }

  static ProducerStatus producer(String id) {
    return new ProducerStatus(
        id,
        "ns",
        "orders",
        2,
        Optional.of(Duration.ofSeconds(3)),
        1000,
        10,
        50_000,
        4,
        5,
        times(10, Duration.ofSeconds(4)),
        times(5, Duration.ofSeconds(2)));
  }

  /** So many that all took the same time. */
  static DurationDistribution times(int count, Duration together) {
    List<Bucket> buckets = new ArrayList<>();
    Duration each = together.dividedBy(count);
    boolean counted = false;
    for (Bucket empty : DurationDistribution.NONE.buckets()) {
      boolean holds =
          !counted && empty.upTo().map(bound -> each.compareTo(bound) <= 0).orElse(true);
      counted |= holds;
      buckets.add(holds ? new Bucket(empty.upTo(), count, together) : empty);
    }
    return new DurationDistribution(buckets);
  }

  static StreamsView all() {
    return new StreamsView(
        List.of(consumer("consumer-1", partition("0", OwnerState.RUNNING, 110))),
        List.of(producer("producer-1")),
        List.of(new FailedConsumer("consumer-0", "orders", "audit", "no such consumer group")));
  }
}
