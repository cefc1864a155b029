// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Traces the streams of an actor system. All methods may be called from any thread, and none may
 * block or fail.
 */
@InternalApi
public interface StreamTracing {

  /**
   * One epoch of a partition begins in a stream that acknowledges its events.
   *
   * @param acknowledgement in which order
   */
  PartitionTracing partition(EventHubPartition partition, Acknowledgement acknowledgement);

  /**
   * A producer begins.
   *
   * @param namespace its host name
   */
  ProducerTracing producer(String namespace, String eventHub);

  /** The context of the calling thread now, for {@link ProducerTracing#created}. */
  @Nullable Object callersContext();
}
