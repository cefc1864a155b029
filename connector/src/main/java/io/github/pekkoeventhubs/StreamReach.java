// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.annotation.InternalApi;

/**
 * The partitions that a source reads: all of a consumer group, or some of them. Immutable, and safe
 * for all threads; nothing here fails.
 *
 * @param namespace as far as the settings name it
 * @param eventHub the event hub
 * @param consumerGroup the consumer group
 * @param partitions the ids of its partitions; empty for all of the group
 * @param bounded whether it ends where its partitions have reached given ends
 */
@InternalApi
public record StreamReach(
    String namespace,
    String eventHub,
    String consumerGroup,
    Optional<Set<String>> partitions,
    boolean bounded) {

  /** The reach of a source with these settings and this subscription. */
  public static StreamReach of(ConsumerSettings settings, Subscription subscription) {
    return new StreamReach(
        settings.namedNamespace(),
        settings.namedEventHub(),
        settings.consumerGroup(),
        subscription instanceof Subscriptions.FixedPartitions fixed
            ? Optional.of(fixed.positions().keySet())
            : Optional.empty(),
        subscription.end().isPresent());
  }

  /**
   * Returns what is left of this when another source reads. A bounded one leaves all of it, since
   * it ends.
   *
   * @return empty if nothing is left
   */
  Optional<StreamReach> without(StreamReach other) {
    if (other.bounded || !isOfTheGroupOf(other)) {
      return Optional.of(this);
    }
    if (other.partitions.isEmpty()) {
      return Optional.empty();
    }
    if (partitions.isEmpty()) {
      return Optional.of(this);
    }
    Set<String> left = new LinkedHashSet<>(partitions.get());
    left.removeAll(other.partitions.get());
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StreamReach(namespace, eventHub, consumerGroup, Optional.of(left), bounded));
  }

  /** Names are the same in capitals and small letters, as the service takes them. */
  private boolean isOfTheGroupOf(StreamReach other) {
    return namespace.equalsIgnoreCase(other.namespace)
        && eventHub.equalsIgnoreCase(other.eventHub)
        && consumerGroup.equalsIgnoreCase(other.consumerGroup);
  }
}
