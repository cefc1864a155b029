// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * One running source of an actor system at one moment, as {@link RunningStreams} shows it.
 * Immutable, and safe for all threads; nothing here fails.
 *
 * @param id names the stream in log lines; unique in the process
 * @param namespace the host name of the namespace; empty before the stream has made its clients
 * @param eventHub the event hub
 * @param consumerGroup the consumer group
 * @param stallCheck the {@code stall-check} of its settings
 * @param bounded whether it ends where its partitions have reached given ends
 * @param started whether it has had its first answer: it has owned a partition, or it knows that
 *     none is for it now. Once true it stays true
 * @param hubPartitions how many partitions the event hub has, as the service said last; empty
 *     before its first answer to this stream
 * @param status the state of its partitions
 */
public record RunningConsumer(
    String id,
    String namespace,
    String eventHub,
    String consumerGroup,
    Duration stallCheck,
    boolean bounded,
    boolean started,
    OptionalInt hubPartitions,
    ConsumerStatus status) {}
