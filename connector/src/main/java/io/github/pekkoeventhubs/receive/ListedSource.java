// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.StreamReach;
import io.github.pekkoeventhubs.Subscription;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One source in the list of the running streams of its actor system, from its start until nothing
 * of it is owned any more. Any thread.
 */
final class ListedSource {

  private final RunningStreams list;
  private final String id;
  private final ConsumerSettings settings;
  private final StreamReach reach;
  private final SourceLifetime lifetime;
  private volatile boolean started;

  private ListedSource(
      RunningStreams list,
      String id,
      ConsumerSettings settings,
      StreamReach reach,
      SourceLifetime lifetime) {
    this.list = list;
    this.id = id;
    this.settings = settings;
    this.reach = reach;
    this.lifetime = lifetime;
  }

  /** Puts a source on the list. */
  static ListedSource of(
      RunningStreams list,
      String id,
      ConsumerSettings settings,
      Subscription subscription,
      SourceLifetime lifetime) {
    StreamReach reach = StreamReach.of(settings, subscription);
    ListedSource listed = new ListedSource(list, id, settings, reach, lifetime);
    list.consumerBegins(id, reach, listed::snapshot);
    lifetime.whenReleased().thenRun(() -> list.consumerEnds(id));
    return listed;
  }

  /** The source has failed. */
  void failed(Throwable cause) {
    list.consumerFails(id, reach, cause);
  }

  private RunningConsumer snapshot() {
    Optional<MaterializedSource> source = lifetime.source();
    started = started || source.map(MaterializedSource::hasStarted).orElse(false);
    return new RunningConsumer(
        id,
        source.map(MaterializedSource::namespace).orElse(""),
        source.map(MaterializedSource::eventHub).orElseGet(settings::namedEventHub),
        settings.consumerGroup(),
        settings.stallCheck(),
        reach.bounded(),
        started,
        source.map(MaterializedSource::hubPartitions).orElseGet(OptionalInt::empty),
        lifetime.status());
  }
}
