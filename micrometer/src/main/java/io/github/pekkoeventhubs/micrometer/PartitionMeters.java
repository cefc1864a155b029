// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static io.github.pekkoeventhubs.micrometer.MeterSpecification.SECONDS;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.age;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.counter;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.gauge;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.known;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.seconds;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.word;

import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The meters of a partition that a stream of this process owns or waits for. */
final class PartitionMeters {

  private static final String EVENTS = "events";

  private PartitionMeters() {}

  /**
   * All of them.
   *
   * @param clock tells how long ago the service has enqueued an event
   */
  static List<MeterSpecification<PartitionStatus>> all(InstantSource clock) {
    List<MeterSpecification<PartitionStatus>> all = new ArrayList<>();
    all.addAll(ofTheSdk(clock));
    all.addAll(progress());
    all.addAll(losses());
    all.addAll(checkpoints());
    for (OwnerState state : OwnerState.values()) {
      if (state != OwnerState.RELEASED) {
        all.add(
            PartitionMeters.<PartitionStatus>isOne(
                    "pekko.eventhubs.partition.state",
                    "1 for the state of the partition, 0 for the others",
                    status -> status.state() == state)
                .tagged("state", word(state)));
      }
    }
    for (WaitsFor reason : WaitsFor.values()) {
      all.add(
          PartitionMeters.<PartitionStatus>isOne(
                  "pekko.eventhubs.partition.waits.for",
                  "1 for what the partition needs before its next event is emitted, 0 for the others",
                  status -> status.waitsFor() == reason)
              .tagged("reason", word(reason)));
    }
    return all;
  }

  /** The names and attributes are the SDK's. */
  private static List<MeterSpecification<PartitionStatus>> ofTheSdk(InstantSource clock) {
    return List.of(
        MeterSpecification.<PartitionStatus>counter(
                "messaging.client.consumed.messages",
                null,
                "Events that the source has given to the stream",
                status -> status.activity().emitted())
            .tagged(MessagingTags.OPERATION, "receive", MessagingTags.OPERATION_TYPE, "receive"),
        MeterSpecification.<PartitionStatus>timer(
                "messaging.client.operation.duration",
                "Attempts to write the checkpoint, and how long they took",
                status -> status.activity().checkpointTimes())
            .tagged(checkpoint("")),
        MeterSpecification.<PartitionStatus>timer(
                "messaging.client.operation.duration",
                "Attempts to write the checkpoint, and how long they took",
                status -> status.activity().checkpointFailureTimes())
            .tagged(checkpoint(MessagingTags.ANY_ERROR)),
        MeterSpecification.<PartitionStatus>timer(
                "messaging.process.duration",
                "From the emission of an event to its acknowledgement, of a sample of the events",
                status -> status.acknowledgements().processTimes())
            .tagged(MessagingTags.OPERATION, "process", MessagingTags.OPERATION_TYPE, "process"),
        gauge(
            "messaging.eventhubs.consumer.lag",
            SECONDS,
            "How long ago the next event that waits for the stream was enqueued; 0 if none is there",
            status -> timeLag(status, clock)));
  }

  private static String[] checkpoint(String error) {
    return new String[] {
      MessagingTags.OPERATION,
      "checkpoint",
      MessagingTags.OPERATION_TYPE,
      "settle",
      MessagingTags.ERROR_TYPE,
      error
    };
  }

  private static List<MeterSpecification<PartitionStatus>> progress() {
    return List.of(
        MeterSpecification.<PartitionStatus>gauge(
                "pekko.eventhubs.partition.lag",
                EVENTS,
                "Events of the partition after the checkpoint, or after the last emitted one",
                status -> known(status.lag()))
            .tagged("position", "committed"),
        MeterSpecification.<PartitionStatus>gauge(
                "pekko.eventhubs.partition.lag",
                EVENTS,
                "Events of the partition after the checkpoint, or after the last emitted one",
                status -> known(emittedLag(status)))
            .tagged("position", "emitted"),
        gauge(
            "pekko.eventhubs.partition.uncommitted.age",
            SECONDS,
            "For how long the checkpoint has been behind the emitted events; 0 if it is not",
            status -> age(status.oldestUncommittedAge())),
        gauge(
            "pekko.eventhubs.partition.unacknowledged.age",
            SECONDS,
            "For how long the oldest unacknowledged event has been with the stream; 0 without one",
            status -> age(status.acknowledgements().oldestUnacknowledgedAge())),
        gauge(
            "pekko.eventhubs.partition.in.flight",
            EVENTS,
            "Events that are emitted and not acknowledged",
            PartitionStatus::inFlight),
        gauge(
            "pekko.eventhubs.partition.acknowledged.ahead",
            EVENTS,
            "Events that are acknowledged beyond one that is not",
            status -> status.acknowledgements().ahead()),
        gauge(
            "pekko.eventhubs.partition.buffered",
            EVENTS,
            "Events that wait in the source for the stream",
            status -> status.activity().buffered()),
        gauge(
            "pekko.eventhubs.partition.buffer.fill",
            "ratio",
            "The part of the source's buffer that is full, from 0 to 1",
            PartitionMeters::bufferFill),
        counter(
            "pekko.eventhubs.partition.received",
            EVENTS,
            "Events that have arrived from the service",
            status -> status.activity().received()),
        counter(
            "pekko.eventhubs.partition.receivers",
            null,
            "Links that were attached to read the partition; more than one replace lost ones",
            status -> status.activity().receivers()),
        isOne(
            "pekko.eventhubs.partition.failing",
            "1 while a step of the partition fails and is tried again, else 0",
            status -> status.lastError().isPresent()));
  }

  private static List<MeterSpecification<PartitionStatus>> losses() {
    return List.of(
        counter(
            "pekko.eventhubs.partition.missed",
            EVENTS,
            "Events that the partition no longer had when they were to be read",
            PartitionStatus::missed),
        counter(
            "pekko.eventhubs.partition.undecodable",
            EVENTS,
            "Events that were left out since the SDK cannot decode them",
            PartitionStatus::undecodable),
        counter(
            "pekko.eventhubs.partition.skipped",
            EVENTS,
            "Events that the stream has skipped on purpose",
            status -> status.acknowledgements().skipped()),
        counter(
            "pekko.eventhubs.partition.dropped",
            EVENTS,
            "Events whose acknowledgement came too late to be stored",
            status -> status.acknowledgements().dropped()));
  }

  private static List<MeterSpecification<PartitionStatus>> checkpoints() {
    return List.of(
        counter(
            "pekko.eventhubs.checkpoint.writes",
            null,
            "Writes of the checkpoint that the store has confirmed",
            status -> status.activity().checkpointWrites()),
        counter(
            "pekko.eventhubs.checkpoint.failures",
            null,
            "Attempts to write the checkpoint that have failed",
            status -> status.activity().checkpointFailures()),
        counter(
            "pekko.eventhubs.checkpoint.conflicts",
            null,
            "Attempts that the store has refused since somebody else had written",
            status -> status.activity().checkpointConflicts()),
        counter(
            "pekko.eventhubs.checkpoint.coalesced",
            null,
            "Commits that needed no write of their own, since that of another one stored them too",
            status -> status.activity().checkpointsCoalesced()));
  }

  private interface Question<T> {
    boolean of(T view);
  }

  private static <T> MeterSpecification<T> isOne(
      String name, String description, Question<T> question) {
    return gauge(name, null, description, view -> question.of(view) ? 1 : 0);
  }

  private static OptionalLong emittedLag(PartitionStatus status) {
    OptionalLong position = status.emitted().isPresent() ? status.emitted() : status.committed();
    return position.isPresent() && status.lastEnqueued().isPresent()
        ? OptionalLong.of(Math.max(0, status.lastEnqueued().getAsLong() - position.getAsLong()))
        : OptionalLong.empty();
  }

  /** Not known where the partition has more, and none of it has arrived. */
  private static double timeLag(PartitionStatus status, InstantSource clock) {
    OptionalLong events = emittedLag(status);
    return status
        .activity()
        .oldestBuffered()
        .map(enqueued -> Duration.between(enqueued, clock.instant()))
        .map(lag -> Math.max(0, seconds(lag)))
        .orElse(events.isPresent() && events.getAsLong() == 0 ? 0 : Double.NaN);
  }

  private static double bufferFill(PartitionStatus status) {
    long limit = status.activity().bufferLimit();
    return limit == 0 ? 0 : Math.min(1, (double) status.activity().buffered() / limit);
  }

  /**
   * The one of two streams of this process that has more to do with the partition: while it moves
   * between them, one hands it over and the other waits for it.
   */
  static PartitionStatus closer(PartitionStatus one, PartitionStatus other) {
    return distance(one.state()) <= distance(other.state()) ? one : other;
  }

  private static int distance(OwnerState state) {
    return switch (state) {
      case RUNNING -> 0;
      case RECONNECTING -> 1;
      case DRAINING -> 2;
      case CLAIMING -> 3;
      case LOST -> 4;
      case WAITING -> 5;
      case RELEASED -> 6;
    };
  }
}
