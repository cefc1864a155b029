// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.annotation.InternalApi;

/**
 * Settings that decide when a committer stores acknowledged offsets. Immutable and thread-safe;
 * each {@code withX} returns a changed copy.
 *
 * <p>The defaults are those of {@code pekko.eventhubs.committer} in {@code reference.conf}, which
 * explains each of them. An unknown key, a duration without a unit and a value that makes no sense
 * are refused where they are given, with an {@link InvalidSettingsException} that names the key.
 * Two values that do not fit together are refused when the section is read, and when a committer is
 * made of the settings.
 */
public final class CommitterSettings {

  /** The section that {@link #create(ClassicActorSystemProvider)} reads. */
  public static final String CONFIG_PATH = "pekko.eventhubs.committer";

  private int maxBatch;
  private int maxUnwritten;
  private int parallelism;
  private Duration maxInterval = Duration.ZERO;
  private Duration idleFlushDelay = Duration.ZERO;
  private Duration flushTimeout = Duration.ZERO;
  private CommitDelivery delivery = CommitDelivery.WAIT_FOR_ACK;
  private CommitWhen when = CommitWhen.OFFSET_FIRST_OBSERVED;

  private CommitterSettings() {}

  /** Settings from {@code pekko.eventhubs.committer} of the system's configuration. */
  public static CommitterSettings create(ClassicActorSystemProvider system) {
    return create(RootSection.section(system, CONFIG_PATH));
  }

  /**
   * Settings from a section of the same layout, usually one that inherits: {@code mine =
   * ${pekko.eventhubs.committer}}.
   */
  public static CommitterSettings create(Config config) {
    SettingsSection section = new SettingsSection("the settings of a committer", config);
    CommitterSettings settings =
        new CommitterSettings()
            .changed(
                s -> {
                  s.maxBatch = section.number("max-batch");
                  s.maxUnwritten = section.number("max-unwritten");
                  s.parallelism = section.number("parallelism");
                  s.maxInterval = section.duration("max-interval");
                  s.idleFlushDelay = section.duration("idle-flush-delay");
                  s.flushTimeout = section.duration("flush-timeout");
                  s.delivery = section.choice("delivery", CommitDelivery.values());
                  s.when = section.choice("when", CommitWhen.values());
                });
    section.refuseUnknownKeys();
    return settings.validated();
  }

  private CommitterSettings changed(Consumer<CommitterSettings> change) {
    CommitterSettings copy = new CommitterSettings();
    copy.maxBatch = maxBatch;
    copy.maxUnwritten = maxUnwritten;
    copy.parallelism = parallelism;
    copy.maxInterval = maxInterval;
    copy.idleFlushDelay = idleFlushDelay;
    copy.flushTimeout = flushTimeout;
    copy.delivery = delivery;
    copy.when = when;
    change.accept(copy);
    copy.checkEachValue();
    return copy;
  }

  private void checkEachValue() {
    SettingsSection.atLeast("max-batch", maxBatch, 1);
    SettingsSection.atLeast("parallelism", parallelism, 1);
    SettingsSection.positive("max-interval", maxInterval);
    SettingsSection.positive("idle-flush-delay", idleFlushDelay);
    SettingsSection.atLeast("flush-timeout", flushTimeout, 10);
    SettingsSection.atLeast("max-unwritten", maxUnwritten, 1);
  }

  /**
   * Checks that the values fit together, which they need not do before all of them are set.
   *
   * @throws InvalidSettingsException with what does not fit together
   */
  @InternalApi
  public CommitterSettings validated() {
    if (maxUnwritten < maxBatch) {
      throw new InvalidSettingsException(
          "max-unwritten ("
              + maxUnwritten
              + ") must not be below max-batch ("
              + maxBatch
              + "), since a batch could never become full: raise the one or lower the other");
    }
    return this;
  }

  /** Acknowledged events of a partition after which they are stored; at least 1. */
  public CommitterSettings withMaxBatch(int value) {
    return changed(s -> s.maxBatch = value);
  }

  /** How long an acknowledged event waits at most before it is stored; longer than zero. */
  public CommitterSettings withMaxInterval(Duration value) {
    Objects.requireNonNull(value, "max-interval");
    return changed(s -> s.maxInterval = value);
  }

  /**
   * The silence of the stream after which everything acknowledged is stored; longer than zero. Not
   * below the interval, it has no effect.
   */
  public CommitterSettings withIdleFlushDelay(Duration value) {
    Objects.requireNonNull(value, "idle-flush-delay");
    return changed(s -> s.idleFlushDelay = value);
  }

  /** Partitions that may be written at once by one committer; at least 1. */
  public CommitterSettings withParallelism(int value) {
    return changed(s -> s.parallelism = value);
  }

  /**
   * Acknowledged events of a partition that are not stored yet, beyond which the committer stops
   * pulling; at least the batch, which is checked when the committer is made.
   */
  public CommitterSettings withMaxUnwritten(int value) {
    return changed(s -> s.maxUnwritten = value);
  }

  /** Whether the stream waits for the store. */
  public CommitterSettings withDelivery(CommitDelivery value) {
    Objects.requireNonNull(value, "delivery");
    return changed(s -> s.delivery = value);
  }

  /** When an offset counts as acknowledged. */
  public CommitterSettings withWhen(CommitWhen value) {
    Objects.requireNonNull(value, "when");
    return changed(s -> s.when = value);
  }

  /**
   * How long a stream that has failed or was cancelled waits for its last writes; at least 10 ms.
   */
  public CommitterSettings withFlushTimeout(Duration value) {
    Objects.requireNonNull(value, "flush-timeout");
    return changed(s -> s.flushTimeout = value);
  }

  /** Acknowledged events of a partition after which they are stored. */
  public int maxBatch() {
    return maxBatch;
  }

  /** How long an acknowledged event waits at most before it is stored. */
  public Duration maxInterval() {
    return maxInterval;
  }

  /** The silence of the stream after which everything acknowledged is stored. */
  public Duration idleFlushDelay() {
    return idleFlushDelay;
  }

  /** Partitions that may be written at once by one committer. */
  public int parallelism() {
    return parallelism;
  }

  /** Acknowledged events of a partition that are not stored yet, at most. */
  public int maxUnwritten() {
    return maxUnwritten;
  }

  /** Whether the stream waits for the store. */
  public CommitDelivery delivery() {
    return delivery;
  }

  /** When an offset counts as acknowledged. */
  public CommitWhen when() {
    return when;
  }

  /** How long a stream that has failed or was cancelled waits for its last writes. */
  public Duration flushTimeout() {
    return flushTimeout;
  }

  @Override
  public String toString() {
    return "CommitterSettings(maxBatch="
        + maxBatch
        + ", maxInterval="
        + maxInterval
        + ", idleFlushDelay="
        + idleFlushDelay
        + ", parallelism="
        + parallelism
        + ", maxUnwritten="
        + maxUnwritten
        + ", delivery="
        + delivery
        + ", when="
        + when
        + ", flushTimeout="
        + flushTimeout
        + ")";
  }
}
