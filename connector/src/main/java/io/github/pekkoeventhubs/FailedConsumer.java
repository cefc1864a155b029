// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * A source of an actor system that has failed, and that none has followed, as {@link
 * RunningStreams#failures} says. Immutable, and safe for all threads.
 *
 * @param id named the stream in log lines
 * @param eventHub the event hub
 * @param consumerGroup the consumer group
 * @param reason the failure in words, without secrets
 */
public record FailedConsumer(String id, String eventHub, String consumerGroup, String reason) {}
