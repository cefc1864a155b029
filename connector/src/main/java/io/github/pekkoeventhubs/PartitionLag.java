// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The lag of a consumer group in a partition. Immutable, and safe for all threads; nothing here
 * fails, and an unknown value is empty.
 *
 * @param partition the partition
 * @param events the events after the checkpoint that the partition still holds; without a
 *     checkpoint, all that it holds. Empty where a checkpoint has no sequence number that can be
 *     read, or lies beyond the last event, as it does after the event hub was created anew
 * @param time how long ago the first of these events was enqueued, by this machine's clock; zero if
 *     there is none. Empty where that event could not be read, and where {@code events} is empty
 */
public record PartitionLag(
    EventHubPartition partition, OptionalLong events, Optional<Duration> time) {}
