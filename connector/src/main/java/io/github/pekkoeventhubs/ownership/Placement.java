// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerSettings;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** Decides which partitions a stream gets, and runs their owners. */
@InternalApi
public interface Placement {

  /** The AMQP owner level of this placement's receivers; null for none. */
  @Nullable Long ownerLevel(ConsumerSettings settings);

  /**
   * Begins to give partitions to the stream. Does not block; every failure fails the stream. Called
   * once per stream.
   */
  void join(StreamOfGroup stream);

  /**
   * Takes all partitions from the stream: drains, flushes and releases each, within the hand-over
   * timeout. Idempotent.
   *
   * @return completes when nothing of the stream is owned any more
   */
  CompletionStage<Done> leave(StreamOfGroup stream, String reason);

  /**
   * The same where the actor system shuts down, in the phase in which cluster sharding hands its
   * shards over.
   */
  default CompletionStage<Done> leaveAtShutdown(StreamOfGroup stream) {
    return leave(stream, "the actor system shuts down");
  }
}
