// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static io.github.pekkoeventhubs.micrometer.MeterSpecification.counter;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.gauge;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.largest;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.timer;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.word;

import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.LossReason;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.StoreAnswer;
import io.github.pekkoeventhubs.StoreHealth;
import io.github.pekkoeventhubs.StoreOperation;
import io.github.pekkoeventhubs.StoreRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A consumer group in this process, as one stream sees it, or several together.
 *
 * @param streams how many run
 * @param started how many of them have had their first answer
 * @param owned how many partitions they own
 * @param hubPartitions how many partitions the event hub has; empty if that is not known yet
 * @param store the health of the partition store, the worst of all; empty without one
 * @param moves how often partitions have come and gone
 * @param requests those to the partition store
 */
record GroupView(
    int streams,
    int started,
    long owned,
    OptionalInt hubPartitions,
    Optional<StoreHealth> store,
    PartitionMoves moves,
    StoreRequests requests) {

  static GroupView of(RunningConsumer consumer) {
    long owned =
        consumer.status().partitions().values().stream()
            .filter(status -> isOwned(status.state()))
            .count();
    return new GroupView(
        1,
        consumer.started() ? 1 : 0,
        owned,
        consumer.hubPartitions(),
        consumer.status().storeHealth(),
        consumer.status().moves(),
        consumer.status().storeRequests());
  }

  private static boolean isOwned(OwnerState state) {
    return switch (state) {
      case RUNNING, RECONNECTING, DRAINING -> true;
      case WAITING, CLAIMING, RELEASED, LOST -> false;
    };
  }

  GroupView and(GroupView other) {
    return new GroupView(
        streams + other.streams,
        started + other.started,
        owned + other.owned,
        hubPartitions.isPresent() ? hubPartitions : other.hubPartitions,
        largest(store, other.store),
        moves.plus(other.moves),
        requests.plus(other.requests));
  }

  /** The meters of a consumer group. */
  static List<MeterSpecification<GroupView>> meters() {
    List<MeterSpecification<GroupView>> all =
        new ArrayList<>(
            List.of(
                gauge(
                    "pekko.eventhubs.consumer.streams",
                    null,
                    "Streams of the consumer group that run in this process",
                    GroupView::streams),
                gauge(
                    "pekko.eventhubs.consumer.started",
                    null,
                    "Those of them that own a partition or know that none is for them",
                    GroupView::started),
                gauge(
                    "pekko.eventhubs.consumer.partitions",
                    null,
                    "Partitions that this process owns",
                    GroupView::owned),
                gauge(
                    "pekko.eventhubs.consumer.hub.partitions",
                    null,
                    "Partitions that the event hub has, as the service said last",
                    view ->
                        view.hubPartitions.isPresent()
                            ? view.hubPartitions.getAsInt()
                            : Double.NaN),
                counter(
                    "pekko.eventhubs.consumer.assigned",
                    null,
                    "How often a partition began to be read here",
                    view -> view.moves.assigned()),
                counter(
                    "pekko.eventhubs.consumer.repeated",
                    "events",
                    "Events that other owners emit again after a hand-over or a loss",
                    view -> view.moves.repeated()),
                timer(
                    "pekko.eventhubs.consumer.hand.over",
                    "Hand-overs of partitions, and how long they took",
                    view -> view.moves.handOverTimes())));
    all.addAll(losses());
    all.addAll(ofTheStore());
    return all;
  }

  private static List<MeterSpecification<GroupView>> losses() {
    List<MeterSpecification<GroupView>> all = new ArrayList<>();
    for (LossReason reason : LossReason.values()) {
      all.add(
          MeterSpecification.<GroupView>counter(
                  "pekko.eventhubs.consumer.lost",
                  null,
                  "How often a partition was lost without a hand-over",
                  view -> view.moves.lost(reason))
              .tagged("reason", word(reason)));
    }
    return all;
  }

  private static List<MeterSpecification<GroupView>> ofTheStore() {
    List<MeterSpecification<GroupView>> all = new ArrayList<>();
    for (StoreOperation operation : StoreOperation.values()) {
      for (StoreAnswer answer : StoreAnswer.values()) {
        if (isPossible(operation, answer)) {
          all.add(
              MeterSpecification.<GroupView>counter(
                      "pekko.eventhubs.store.requests",
                      null,
                      "Requests to the partition store, by what was asked and what became of it",
                      view -> view.requests.count(operation, answer))
                  .tagged("operation", word(operation), "answer", word(answer)));
        }
      }
    }
    for (StoreHealth health : StoreHealth.values()) {
      all.add(
          MeterSpecification.<GroupView>gauge(
                  "pekko.eventhubs.store.health",
                  null,
                  "1 for the health of the partition store, 0 for the others",
                  view -> view.store.filter(current -> current == health).isPresent() ? 1 : 0)
              .tagged("health", word(health)));
    }
    return all;
  }

  private static boolean isPossible(StoreOperation operation, StoreAnswer answer) {
    return switch (operation) {
      case LIST, READ_TIME -> answer != StoreAnswer.NOT_FOUND && answer != StoreAnswer.CONFLICT;
      case READ_OWNERSHIP, READ_CHECKPOINT -> answer != StoreAnswer.CONFLICT;
      case WRITE_OWNERSHIP, WRITE_CHECKPOINT -> answer != StoreAnswer.NOT_FOUND;
    };
  }
}
