// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import com.typesafe.config.Config;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.annotation.InternalApi;

/** Warns at start if timeouts in the cluster's own configuration do not fit a hand-over. */
@InternalApi
public final class ClusterTimeouts {

  private static final String SHUTDOWN_PHASE =
      "pekko.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout";
  private static final String HANDOFF = "pekko.eventhubs.cluster-sharding.sharding.handoff-timeout";
  private static final String DOWNING = "pekko.cluster.downing-provider-class";

  /** Sharding ends its regions this long before the phase ends. */
  private static final Duration SHUTDOWN_MARGIN = Duration.ofSeconds(1);

  /** Sharding stops owners this long before a hand-off times out. */
  private static final Duration HANDOFF_MARGIN = Duration.ofSeconds(5);

  private ClusterTimeouts() {}

  /** Checks what a hand-over within the cluster needs, and what a shutdown does. */
  public static void check(ActorSystem<?> system, StreamOfGroup stream) {
    check(system, stream.settings().handoverTimeout(), GroupStreams.keysOf(stream));
  }

  static void check(ActorSystem<?> system, Duration handover, LogKeys keys) {
    Config config = system.settings().config();
    checkShutdown(system, handover, keys);
    warnIfShorter(system, handover, keys, HANDOFF, config.getDuration(HANDOFF), HANDOFF_MARGIN);
    if (config.getString(DOWNING).isEmpty()) {
      KeyedLog.of(system.log())
          .warn(
              keys,
              "{} is empty: the partitions of a node that crashes will never move. Set it to"
                  + " \"org.apache.pekko.cluster.sbr.SplitBrainResolverProvider\"",
              DOWNING);
    }
  }

  /**
   * Checks the timeout of the phase in which partitions are drained on shutdown, also without a
   * cluster.
   */
  public static void checkShutdown(ActorSystem<?> system, StreamOfGroup stream) {
    checkShutdown(system, stream.settings().handoverTimeout(), GroupStreams.keysOf(stream));
  }

  static void checkShutdown(ActorSystem<?> system, Duration handover, LogKeys keys) {
    warnIfShorter(
        system,
        handover,
        keys,
        SHUTDOWN_PHASE,
        system.settings().config().getDuration(SHUTDOWN_PHASE),
        SHUTDOWN_MARGIN);
  }

  private static void warnIfShorter(
      ActorSystem<?> system,
      Duration handover,
      LogKeys keys,
      String key,
      Duration value,
      Duration margin) {
    if (handover.plus(margin).compareTo(value) > 0) {
      KeyedLog.of(system.log())
          .warn(
              keys,
              "handover-timeout ({}) does not fit {} ({}): partitions are cut off before they are"
                  + " drained, and events are repeated. Set {} to at least {}, or shorten"
                  + " handover-timeout",
              DurationText.of(handover),
              key,
              DurationText.of(value),
              key,
              DurationText.of(handover.plus(margin)));
    }
  }
}
