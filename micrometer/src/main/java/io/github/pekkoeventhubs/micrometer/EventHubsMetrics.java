// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.SourceControl;
import io.github.pekkoeventhubs.threads.OwnThreads;
import io.github.pekkoeventhubs.threads.SystemEnd;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the meters of streams into a Micrometer registry. One line is enough for everything that
 * runs in an actor system, now and later:
 *
 * <pre>{@code
 * EventHubsMetrics.bind(registry, system);
 * }</pre>
 *
 * <p>{@code docs/operations.md} lists the meters. They are made of the snapshots that the streams
 * show anyway: no event pays for them. All meters that a scrape reads come from one look at the
 * streams. Once in the {@code interval} (5 s) new things get their meters, and those that have gone
 * lose them: a partition that has moved leaves no series behind. Two bindings of one registry do
 * not show the same: what one of them shows, the other shows from the round after the first has
 * closed.
 *
 * <p>Thread-safe. Nothing here blocks; a registry that fails is reported in the log, and tried
 * again after the interval.
 */
public final class EventHubsMetrics implements AutoCloseable {

  private static final Logger LOG =
      LoggerFactory.getLogger("io.github.pekkoeventhubs.EventHubsMetrics");

  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration SHORTEST = Duration.ofMillis(100);

  private final StreamsMeters meters;
  private final Duration interval;
  private volatile boolean closed;
  private volatile Runnable forgetTheSystem = () -> {};
  private volatile Future<?> next = CompletableFuture.completedFuture(null);

  private EventHubsMetrics(
      MeterRegistry registry, Supplier<StreamsView> streams, Duration interval) {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new InvalidSettingsException(
          "interval = "
              + interval
              + " is too short: choose at least "
              + SHORTEST
              + ", since each round looks at all streams");
    }
    this.meters = new StreamsMeters(registry, streams, System::nanoTime, InstantSource.system());
    this.interval = interval;
  }

  /**
   * Measures all sources and producers of the actor system, those that start later included, until
   * it terminates or {@link #close} is called.
   *
   * @throws NullPointerException if an argument is missing; names it
   */
  public static EventHubsMetrics bind(MeterRegistry registry, ClassicActorSystemProvider system) {
    return bind(registry, system, INTERVAL);
  }

  /**
   * The same with another interval.
   *
   * @param interval how soon meters of what has come are registered and those of what has gone are
   *     removed; at least 100 ms
   * @throws NullPointerException if an argument is missing; names it
   * @throws InvalidSettingsException if the interval is too short
   */
  public static EventHubsMetrics bind(
      MeterRegistry registry, ClassicActorSystemProvider system, Duration interval) {
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(system, "system");
    Objects.requireNonNull(interval, "interval");
    RunningStreams streams = RunningStreams.of(system);
    EventHubsMetrics bound =
        new EventHubsMetrics(registry, () -> StreamsView.of(streams), interval);
    bound.forgetTheSystem = SystemEnd.of(system).runs(bound::close);
    return bound.started();
  }

  /**
   * Measures the stream of one control, until it has shut down or {@link #close} is called. The
   * meters appear with its first partition; those that only the actor system knows are not there:
   * the number of the event hub's partitions, failures and producers.
   *
   * @throws NullPointerException if an argument is missing; names it
   */
  public static EventHubsMetrics bind(MeterRegistry registry, SourceControl control) {
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(control, "control");
    EventHubsMetrics bound =
        new EventHubsMetrics(registry, new ControlledStream(control)::view, INTERVAL);
    control.isShutdown().thenRun(bound::close);
    return bound.started();
  }

  private EventHubsMetrics started() {
    round();
    return this;
  }

  private void round() {
    if (closed) {
      return;
    }
    try {
      meters.refresh();
    } catch (RuntimeException e) {
      LOG.warn("the registry has not taken the meters; trying again in {}", interval, e);
    }
    next = OwnThreads.cancellable(interval, this::round);
    if (closed) {
      next.cancel(false);
    }
  }

  /**
   * Registers the meters of what has come, and removes those of what has gone, now instead of at
   * the end of the interval.
   */
  public void refresh() {
    meters.refresh();
  }

  /** Removes all meters for good. Idempotent. */
  @Override
  public void close() {
    closed = true;
    forgetTheSystem.run();
    next.cancel(false);
    meters.close();
  }
}
