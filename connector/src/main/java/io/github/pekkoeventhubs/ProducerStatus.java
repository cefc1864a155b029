// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of one running producer, a sink, a flow or a {@code SendProducer}, at one moment. The
 * counts begin with it and never go back. Immutable, and safe for all threads; nothing here fails.
 *
 * @param id unique in the process
 * @param namespace the host name of the namespace
 * @param eventHub the event hub
 * @param inFlight batches that are sent and not answered yet
 * @param oldestInFlightAge for how long the oldest of them has been on its way; empty if there is
 *     none
 * @param events events that the service has acknowledged
 * @param batches batches that the service has acknowledged
 * @param bytes the encoded bytes of these batches
 * @param retries attempts to send a batch once more
 * @param failures attempts that have failed, whether or not another one followed; those that got no
 *     link to send over are among them
 * @param sendTimes how long the attempts took that were acknowledged
 * @param sendFailureTimes how long the attempts took that have failed
 */
public record ProducerStatus(
    String id,
    String namespace,
    String eventHub,
    long inFlight,
    Optional<Duration> oldestInFlightAge,
    long events,
    long batches,
    long bytes,
    long retries,
    long failures,
    DurationDistribution sendTimes,
    DurationDistribution sendFailureTimes) {}
