// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Failures that nobody has answered with a new source; more than a process has streams. */
  private static final int MOST_FAILURES = 1_000;

  /**
   * A source that has failed.
   *
   * @param unread what it has read, without what sources read that have begun since
   */
  private record Failure(StreamReach unread, FailedConsumer failed) {}

  // All below is guarded by this.
  private final Map<String, Supplier<RunningConsumer>> consumers = new LinkedHashMap<>();
  private final Map<String, Supplier<ProducerStatus>> producers = new LinkedHashMap<>();
  private List<Failure> failures = List.of();

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
   * The sources that have failed, and that no source has followed. Those that follow one have begun
   * after its failure, and read together what it has read: the consumer group of its event hub, or
   * the same partitions. Of several that have read the same the last one is here. A bounded reading
   * ({@link Subscription#until}) is never here and follows none: it has an end, and its stream
   * tells whoever has started it how it has ended.
   */
  public synchronized List<FailedConsumer> failures() {
    return failures.stream().map(Failure::failed).toList();
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
   * @param snapshot makes its snapshot, on any thread
   */
  @InternalApi
  public synchronized void consumerBegins(
      String id, StreamReach reach, Supplier<RunningConsumer> snapshot) {
    failures = failuresWithout(reach);
    consumers.put(id, snapshot);
  }

  /**
   * A source has failed. It may own partitions for a while.
   *
   * @param reach as it was when the source began
   */
  @InternalApi
  public synchronized void consumerFails(String id, StreamReach reach, Throwable cause) {
    if (reach.bounded()) {
      return;
    }
    List<Failure> all = new ArrayList<>(failuresWithout(reach));
    if (all.size() < MOST_FAILURES) {
      FailedConsumer failed =
          new FailedConsumer(
              id, reach.eventHub(), reach.consumerGroup(), StageFailure.inWords(cause));
      all.add(new Failure(reach, failed));
    }
    failures = List.copyOf(all);
  }

  private List<Failure> failuresWithout(StreamReach reach) {
    return failures.stream()
        .flatMap(
            failure ->
                failure.unread().without(reach).stream()
                    .map(left -> new Failure(left, failure.failed())))
        .toList();
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

  private static final class Id extends AbstractExtensionId<RunningStreams> {

    @Override
    public RunningStreams createExtension(ExtendedActorSystem system) {
      return new RunningStreams();
    }
  }
}
