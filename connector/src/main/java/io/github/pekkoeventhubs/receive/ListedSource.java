// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.FailedConsumer;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.StageFailure;
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
  private final boolean bounded;
  private final SourceLifetime lifetime;
  private volatile boolean started;

  private ListedSource(
      RunningStreams list,
      String id,
      ConsumerSettings settings,
      boolean bounded,
      SourceLifetime lifetime) {
    this.list = list;
    this.id = id;
    this.settings = settings;
    this.bounded = bounded;
    this.lifetime = lifetime;
  }

  /**
   * Puts a source on the list.
   *
   * @param bounded whether it ends at given ends of its partitions
   */
  static ListedSource of(
      RunningStreams list,
      String id,
      ConsumerSettings settings,
      boolean bounded,
      SourceLifetime lifetime) {
    ListedSource listed = new ListedSource(list, id, settings, bounded, lifetime);
    list.consumerBegins(
        id,
        settings.namedNamespace(),
        settings.namedEventHub(),
        settings.consumerGroup(),
        listed::snapshot);
    lifetime.whenReleased().thenRun(() -> list.consumerEnds(id));
    return listed;
  }

  /** The source has failed. */
  void failed(Throwable cause) {
    list.consumerFails(
        settings.namedNamespace(),
        new FailedConsumer(
            id, settings.namedEventHub(), settings.consumerGroup(), StageFailure.inWords(cause)));
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
        bounded,
        started,
        source.map(MaterializedSource::hubPartitions).orElseGet(OptionalInt::empty),
        lifetime.status());
  }
}
