// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static io.github.pekkoeventhubs.micrometer.MeterSpecification.SECONDS;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.age;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.counter;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.gauge;
import static io.github.pekkoeventhubs.micrometer.MeterSpecification.largest;

import io.github.pekkoeventhubs.DurationDistribution;
import io.github.pekkoeventhubs.ProducerStatus;
import java.util.List;
import java.util.function.Function;

/** The meters of the producers of an event hub. */
final class ProducerMeters {

  private ProducerMeters() {}

  static List<MeterSpecification<ProducerStatus>> all() {
    return List.of(
        MeterSpecification.<ProducerStatus>counter(
                "messaging.client.published.messages",
                null,
                "Events that the service has acknowledged",
                ProducerStatus::events)
            .tagged(MessagingTags.OPERATION, "send", MessagingTags.OPERATION_TYPE, "publish"),
        sends("", ProducerStatus::sendTimes),
        sends(MessagingTags.ANY_ERROR, ProducerStatus::sendFailureTimes),
        gauge(
            "pekko.eventhubs.producer.in.flight",
            "batches",
            "Batches that are sent and not answered yet",
            ProducerStatus::inFlight),
        gauge(
            "pekko.eventhubs.producer.in.flight.age",
            SECONDS,
            "For how long the oldest of them has been on its way; 0 without one",
            status -> age(status.oldestInFlightAge())),
        counter(
            "pekko.eventhubs.producer.batches",
            null,
            "Batches that the service has acknowledged",
            ProducerStatus::batches),
        counter(
            "pekko.eventhubs.producer.sent",
            "bytes",
            "Encoded bytes of these batches",
            ProducerStatus::bytes),
        counter(
            "pekko.eventhubs.producer.retries",
            null,
            "Attempts to send a batch once more",
            ProducerStatus::retries),
        counter(
            "pekko.eventhubs.producer.failures",
            null,
            "Attempts to send a batch that have failed",
            ProducerStatus::failures));
  }

  private static MeterSpecification<ProducerStatus> sends(
      String error, Function<ProducerStatus, DurationDistribution> times) {
    return MeterSpecification.timer(
            "messaging.client.operation.duration",
            "Attempts to send a batch, and how long they took",
            times)
        .tagged(
            MessagingTags.OPERATION,
            "send",
            MessagingTags.OPERATION_TYPE,
            "publish",
            MessagingTags.ERROR_TYPE,
            error,
            // All meters of one name have the same tags: some registries insist on that.
            MessagingTags.GROUP,
            "",
            MessagingTags.PARTITION,
            "");
  }

  /** The figures of two producers together. */
  static ProducerStatus together(ProducerStatus one, ProducerStatus other) {
    return new ProducerStatus(
        one.id(),
        one.namespace(),
        one.eventHub(),
        one.inFlight() + other.inFlight(),
        largest(one.oldestInFlightAge(), other.oldestInFlightAge()),
        one.events() + other.events(),
        one.batches() + other.batches(),
        one.bytes() + other.bytes(),
        one.retries() + other.retries(),
        one.failures() + other.failures(),
        one.sendTimes().plus(other.sendTimes()),
        one.sendFailureTimes().plus(other.sendFailureTimes()));
  }
}
