// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.DurationText;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.stream.Graph;
import org.apache.pekko.stream.javadsl.RunnableGraph;

/**
 * Runs a stream of yours on the embedded services, under faults, and answers whether it can lose
 * events, repeat them without need, work on them out of order, or get stuck.
 *
 * <pre>{@code
 * StreamAudit.of(
 *         node ->
 *             Consumer.committableSource(node.consumerSettings(), node.subscription())
 *                 .mapAsync(8, event -> node.process(event).thenApply(done -> event.committableOffset()))
 *                 .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl))
 *     .run()
 *     .assertSafe();
 * }</pre>
 *
 * <p>The stream is the one of your application, with two things replaced: its settings are those of
 * the {@link AuditedNode}, and its work is {@link AuditedNode#process}. It is started several
 * times, on several nodes. Each scenario does something else to it: work that takes long before the
 * node is killed, work that fails once, a graceful restart, a hand-over to a second node, links
 * that end and a store that is slow and refuses, kills in the middle. A stream that has failed is
 * started again, as a platform does. An event that the stream does not process where nothing
 * happens is taken for one that is of no interest to it.
 *
 * <p>The seed decides what happens, to which events, and how long the work takes; not how threads
 * and sockets interleave. Immutable.
 */
public final class StreamAudit {

  private final AuditOptions options;
  private final boolean anyOrder;

  private StreamAudit(AuditOptions options, boolean anyOrder) {
    this.options = options;
    this.anyOrder = anyOrder;
  }

  /**
   * Audits a graph.
   *
   * @param graph makes the graph for a node; called for each start of the stream. A graph that is
   *     materialized to a {@code Consumer.DrainingControl}, or at least to its completion, tells
   *     when it fails
   */
  public static StreamAudit of(Function<? super AuditedNode, ? extends RunnableGraph<?>> graph) {
    Objects.requireNonNull(graph, "graph");
    return new StreamAudit(
        AuditOptions.of(
            node -> {
              RunnableGraph<?> made = graph.apply(node);
              if (made == null) {
                throw new IllegalArgumentException(
                    "the function of StreamAudit.of(..) answers null; it has to make a graph");
              }
              return made.run(node.system());
            }),
        false);
  }

  /**
   * Audits a stream that your method starts.
   *
   * @param start starts the stream on {@code node.system()} and answers what it was materialized
   *     to: a control, or its completion
   */
  public static StreamAudit ofStarted(Function<? super AuditedNode, ?> start) {
    Objects.requireNonNull(start, "start");
    return new StreamAudit(
        AuditOptions.of(
            node -> {
              Object control = start.apply(node);
              if (control == null) {
                throw new IllegalArgumentException(
                    "the function of StreamAudit.ofStarted(..) answers null; it has to answer the"
                        + " control of the stream that it has started");
              }
              if (control instanceof Graph<?, ?>) {
                throw new IllegalArgumentException(
                    "the function of StreamAudit.ofStarted(..) answers a graph that nobody has run:"
                        + " give it to StreamAudit.of(..), which runs it");
              }
              return control;
            }),
        false);
  }

  /** Another seed than 4711. */
  public StreamAudit withSeed(long seed) {
    return with(options.withSeed(seed));
  }

  /**
   * Another size than 4 partitions with 24 events each.
   *
   * @throws IllegalArgumentException unless there are 1 to 32 partitions with 2 to 10,000 events
   */
  public StreamAudit withSize(int partitions, int eventsPerPartition) {
    if (partitions < 1 || partitions > 32) {
      throw new IllegalArgumentException(
          "partitions is " + partitions + "; an audit has 1 to 32 of them");
    }
    if (eventsPerPartition < 2 || eventsPerPartition > 10_000) {
      throw new IllegalArgumentException(
          "eventsPerPartition is " + eventsPerPartition + "; an audit has 2 to 10,000 of them");
    }
    return with(options.withSize(partitions, eventsPerPartition));
  }

  /**
   * Events of your own, for streams that read their bodies. The audit adds an application property.
   *
   * @param events makes the event of a partition and a number, from 0: always the same one
   */
  public StreamAudit withEvents(BiFunction<String, Long, EventData> events) {
    Objects.requireNonNull(events, "events");
    return with(
        options.withEventFactory(
            key -> events.apply(Integer.toString(key.partition()), key.number())));
  }

  /** Configuration of the nodes, before that of the audit and of the class path. */
  public StreamAudit withConfig(Config config) {
    return with(options.withConfig(config));
  }

  /** For a stream that stores its positions itself: no checkpoints are looked at. */
  public StreamAudit withOwnPositions() {
    return with(options.withOwnPositions());
  }

  /** For a stream that may work on the events of a partition in any order. */
  public StreamAudit withAnyOrder() {
    return new StreamAudit(options, true);
  }

  /** For {@code Subscriptions.clusterSharded()}: the nodes are members of a cluster. */
  public StreamAudit withCluster() {
    return with(options.withCluster());
  }

  /**
   * After this time without anything new a stream counts as stuck; 2 s by default. Choose it longer
   * than what your stream waits for itself, such as a restart with backoff.
   */
  public StreamAudit withPatience(Duration patience) {
    if (patience.compareTo(Duration.ofMillis(500)) < 0) {
      throw new IllegalArgumentException(
          "patience is " + DurationText.of(patience) + "; a stream needs at least 500ms");
    }
    return with(options.withPatience(patience));
  }

  private StreamAudit with(AuditOptions changed) {
    return new StreamAudit(changed, anyOrder);
  }

  /**
   * Runs the audit on the calling thread; takes seconds.
   *
   * @throws IllegalStateException if the stream cannot be audited: it has ended before it has read
   *     anything, does not read the audit's event hub, or processes nothing
   * @throws IllegalArgumentException if the function of the stream answers null
   */
  public AuditReport run() {
    try (AuditRun run = new AuditRun(options, anyOrder)) {
      return run.report();
    }
  }
}
