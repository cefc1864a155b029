// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ownership.PartitionRun.OwnConnection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.annotation.InternalApi;
import reactor.core.publisher.Flux;

/** The event hub of one stream, as far as the stream asks it and receives from it. Thread-safe. */
@InternalApi
public interface EventHubService {

  /** The host name of the namespace. */
  String namespace();

  /** The name of the event hub. */
  String eventHub();

  /** The ids of the event hub's partitions, numbers in their order. */
  CompletionStage<List<String>> partitionIds();

  /** A partition's first and last event. */
  CompletionStage<PartitionProperties> partitionProperties(String partitionId);

  /** The first event from a position on; fails if none comes in time. */
  CompletionStage<PartitionEvent> firstEvent(String partitionId, EventPosition from);

  /**
   * The events of a partition; each subscriber attaches a link of its own.
   *
   * @param prefetchCount how many events the service may send ahead of what is asked for
   */
  Flux<PartitionEvent> receive(String partitionId, EventPosition from, int prefetchCount);

  /**
   * Whether the partition receives through a connection that has left questions unanswered, so that
   * others are asked over another one.
   */
  boolean hasSilentConnection(String partitionId);

  /** The partition's next receiver gets another connection. */
  void abandonConnection(String partitionId);

  /**
   * Says which connection the partition's next receiver gets. By default each has one of its own
   * anyway.
   *
   * @return whether it gets one of its own, if it is to: too many partitions may have one
   */
  default boolean useOwnConnection(String partitionId, OwnConnection wish) {
    return true;
  }

  /** The partition no longer receives. */
  void leaveConnection(String partitionId);

  /** Closes the connections. */
  CompletionStage<Void> close();
}
