// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.annotation.InternalApi;

/**
 * The sources and producers that run in an actor system, whoever has started them: for metrics,
 * health checks and pages of one's own. A source is here from its start until nothing of it is
 * owned any more, a producer from its start to its end; nothing is kept of one that has ended,
 * except the failure of a source that no other source has followed.
 *
 * <p>Thread-safe. No method blocks or fails, and asking costs the streams nothing.
 */
public final class RunningStreams implements Extension {

  private static final Id ID = new Id();

  /** Failures that nobody has answered with a new source; more than a process has groups. */
  private static final int MOST_FAILURES = 100;

  // All below is guarded by this.
  private final Map<String, Supplier<RunningConsumer>> consumers = new LinkedHashMap<>();
  private final Map<String, Supplier<ProducerStatus>> producers = new LinkedHashMap<>();
  private final Map<String, FailedConsumer> failures = new LinkedHashMap<>();

  private RunningStreams() {}

  /** The running streams of this actor system. */
  public static RunningStreams of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** A snapshot of each running source, in the order of their starts. */
  public List<RunningConsumer> consumers() {
    return snapshots(consumers);
  }

  /** A snapshot of each running producer, in the order of their starts. */
  public List<ProducerStatus> producers() {
    return snapshots(producers);
  }

  /**
   * The last failure for each event hub, by its namespace, and consumer group of which no source
   * has begun since. A source that begins for the same event hub and consumer group, as one that is
   * restarted does, takes the failure away.
   */
  public synchronized List<FailedConsumer> failures() {
    return List.copyOf(failures.values());
  }

  /** The snapshots are not made under the lock. */
  private <T> List<T> snapshots(Map<String, Supplier<T>> running) {
    List<Supplier<T>> all;
    synchronized (this) {
      all = new ArrayList<>(running.values());
    }
    return all.stream().map(Supplier::get).toList();
  }

  /**
   * A source begins.
   *
   * @param namespace as far as the settings name it, and the same when it fails
   * @param snapshot makes its snapshot, on any thread
   */
  @InternalApi
  public synchronized void consumerBegins(
      String id,
      String namespace,
      String eventHub,
      String consumerGroup,
      Supplier<RunningConsumer> snapshot) {
    failures.remove(key(namespace, eventHub, consumerGroup));
    consumers.put(id, snapshot);
  }

  /**
   * A source has failed. It may own partitions for a while.
   *
   * @param namespace as it was when the source began
   */
  @InternalApi
  public synchronized void consumerFails(String namespace, FailedConsumer failed) {
    String key = key(namespace, failed.eventHub(), failed.consumerGroup());
    if (failures.containsKey(key) || failures.size() < MOST_FAILURES) {
      failures.put(key, failed);
    }
  }

  /** Nothing of the source is owned any more. */
  @InternalApi
  public synchronized void consumerEnds(String id) {
    consumers.remove(id);
  }

  /**
   * A producer begins.
   *
   * @param snapshot makes its snapshot, on any thread
   */
  @InternalApi
  public synchronized void producerBegins(String id, Supplier<ProducerStatus> snapshot) {
    producers.put(id, snapshot);
  }

  /** A producer has ended. */
  @InternalApi
  public synchronized void producerEnds(String id) {
    producers.remove(id);
  }

  /** Names are the same in capitals and small letters, as the service takes them. */
  private static String key(String namespace, String eventHub, String consumerGroup) {
    return (namespace + "/" + eventHub + "/" + consumerGroup).toLowerCase(Locale.ROOT);
  }

  private static final class Id extends AbstractExtensionId<RunningStreams> {

    @Override
    public RunningStreams createExtension(ExtendedActorSystem system) {
      return new RunningStreams();
    }
  }
}
