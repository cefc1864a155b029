// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.FailedConsumer;
import java.util.List;

/** The meter of a consumer group whose stream has failed. */
final class FailureMeters {

  private FailureMeters() {}

  static List<MeterSpecification<FailedConsumer>> all() {
    return List.of(
        MeterSpecification.gauge(
            "pekko.eventhubs.consumer.failed",
            null,
            "1 while a stream of the consumer group has failed and none has followed; absent otherwise",
            failed -> 1));
  }
}
