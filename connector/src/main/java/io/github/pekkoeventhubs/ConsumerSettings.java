// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a consumer. Immutable, and safe for all threads; each {@code withX} returns a
 * changed copy.
 *
 * <p>The defaults are those of {@code pekko.eventhubs.consumer} in {@code reference.conf}, which
 * explains each of them. Unknown keys, durations without a unit, and numbers and durations out of
 * bounds are refused when they are read or set ({@link InvalidSettingsException}); a missing
 * connection string, event hub or initial position fails the stream when it is run.
 */
public final class ConsumerSettings extends ConnectionSettings<ConsumerSettings> {

  /** The section that {@link #create(ClassicActorSystemProvider)} reads. */
  public static final String CONFIG_PATH = "pekko.eventhubs.consumer";

  private String consumerGroup = "";
  private @Nullable PartitionStore partitionStore;
  private @Nullable EventPosition initialPosition;
  private int prefetchCount;
  private int maxBufferedEvents;
  private long maxBufferedBytes;
  private int maxUncommitted;
  private int connections;
  private Acknowledgement acknowledgement = Acknowledgement.ORDERED;
  private Duration handoverTimeout = Duration.ZERO;
  private Duration reconnectMinBackoff = Duration.ZERO;
  private Duration reconnectMaxBackoff = Duration.ZERO;
  private Duration stallCheck = Duration.ZERO;
  private Duration metadataTimeout = Duration.ZERO;
  private Duration partitionRefreshInterval = Duration.ZERO;
  private Duration restartHold = Duration.ZERO;
  private int maxCommittedAhead;
  private OwnershipSettings ownership;
  private BalancedSettings balanced;
  private ContinuitySettings continuity;
  private @Nullable Long ownerLevel;
  private boolean forced;
  private boolean trackLastEnqueued;

  private ConsumerSettings(
      NamespaceAccess access,
      OwnershipSettings ownership,
      BalancedSettings balanced,
      ContinuitySettings continuity) {
    super(access);
    this.ownership = ownership;
    this.balanced = balanced;
    this.continuity = continuity;
  }

  /** Settings from {@code pekko.eventhubs.consumer} of the system's configuration. */
  public static ConsumerSettings create(ClassicActorSystemProvider system) {
    return create(RootSection.section(system, CONFIG_PATH));
  }

  /**
   * Settings from a section of the same layout, usually one that inherits: {@code mine =
   * ${pekko.eventhubs.consumer}}.
   */
  public static ConsumerSettings create(Config config) {
    SettingsSection section = new SettingsSection("the settings of a consumer", config);
    ConsumerSettings settings =
        new ConsumerSettings(
            NamespaceAccess.create(section),
            OwnershipSettings.create(section),
            BalancedSettings.create(section),
            ContinuitySettings.create(section));
    settings.consumerGroup = section.text("consumer-group");
    settings.initialPosition =
        section.optionalText("initial-position").map(NamedPosition::of).orElse(null);
    settings.trackLastEnqueued = section.flag("track-last-enqueued");
    settings.acknowledgement = section.choice("acknowledgement", Acknowledgement.values());
    ConsumerSettings read =
        settings
            .withPrefetchCount(section.number("prefetch-count"))
            .withMaxBufferedEvents(section.number("max-buffered-events"))
            .withMaxBufferedBytes(section.bytes("max-buffered-bytes"))
            .withMaxUncommitted(section.number("max-uncommitted"))
            .withConnections(section.number("connections"))
            .withHandoverTimeout(section.duration("handover-timeout"))
            .withReconnectBackoff(
                section.duration("reconnect-min-backoff"),
                section.duration("reconnect-max-backoff"))
            .withStallCheck(section.duration("stall-check"))
            .withMetadataTimeout(section.duration("metadata-timeout"))
            .withPartitionRefreshInterval(section.duration("partition-refresh-interval"))
            .withRestartHold(section.duration("restart-hold"))
            .withMaxCommittedAhead(section.number("max-committed-ahead"));
    section.refuseUnknownKeys();
    return read;
  }

  @Override
  ConsumerSettings copy() {
    return (ConsumerSettings) cloned();
  }

  /** The consumer group. */
  public ConsumerSettings withConsumerGroup(String value) {
    return changed(s -> s.consumerGroup = Objects.requireNonNull(value, "consumer-group"));
  }

  /** Where ownership and checkpoints are kept. */
  public ConsumerSettings withPartitionStore(PartitionStore value) {
    return changed(s -> s.partitionStore = Objects.requireNonNull(value, "partition-store"));
  }

  /** Where to start in a partition without a checkpoint. */
  public ConsumerSettings withInitialPosition(EventPosition value) {
    return changed(s -> s.initialPosition = Objects.requireNonNull(value, "initial-position"));
  }

  /**
   * Events the service may send ahead of demand, per partition, as far as {@link
   * #withMaxBufferedBytes} allows; 1 to 8000.
   */
  public ConsumerSettings withPrefetchCount(int value) {
    return changed(
        s -> s.prefetchCount = SettingsSection.between("prefetch-count", value, 1, 8000));
  }

  /** Events that may wait for the stream, per partition; at least 1. */
  public ConsumerSettings withMaxBufferedEvents(int value) {
    return changed(
        s -> s.maxBufferedEvents = SettingsSection.atLeast("max-buffered-events", value, 1));
  }

  /**
   * Bytes of bodies and application properties that may wait for the stream, per partition, what
   * the SDK holds included; at least 1. One event at least waits in the SDK, and one before the
   * stream. {@code reference.conf} says by how much it may be exceeded.
   */
  public ConsumerSettings withMaxBufferedBytes(long value) {
    return changed(
        s -> s.maxBufferedBytes = SettingsSection.atLeast("max-buffered-bytes", value, 1));
  }

  /**
   * Events emitted and not yet acknowledged, per partition; at least 1. The source emits no more of
   * a partition at this bound, so that a stream which collects events before it acknowledges them
   * needs a larger one.
   */
  public ConsumerSettings withMaxUncommitted(int value) {
    return changed(s -> s.maxUncommitted = SettingsSection.atLeast("max-uncommitted", value, 1));
  }

  /**
   * For {@code Consumer.atMostOnceSource}: events committed before they are emitted, per partition;
   * at least 1. A crash loses at most so many of it, and those that the stream has in hand.
   */
  public ConsumerSettings withMaxCommittedAhead(int value) {
    return changed(
        s -> s.maxCommittedAhead = SettingsSection.atLeast("max-committed-ahead", value, 1));
  }

  /**
   * Whether each event tells the last one of its partition at that time, as {@link
   * CommittableEvent#lastEnqueued()} and the events of plain sources say it: off by default, since
   * it costs four annotations with each event.
   */
  public ConsumerSettings withTrackLastEnqueued(boolean value) {
    return changed(s -> s.trackLastEnqueued = value);
  }

  /** AMQP connections per stream, over which the partitions are spread; 1 to 64. */
  public ConsumerSettings withConnections(int value) {
    return changed(s -> s.connections = SettingsSection.between("connections", value, 1, 64));
  }

  /** Whether events may be acknowledged out of order. */
  public ConsumerSettings withAcknowledgement(Acknowledgement value) {
    return changed(s -> s.acknowledgement = Objects.requireNonNull(value, "acknowledgement"));
  }

  /** The one deadline of a hand-over, to drain, to flush and to release; at least 50 ms. */
  public ConsumerSettings withHandoverTimeout(Duration value) {
    return changed(s -> s.handoverTimeout = SettingsSection.atLeast("handover-timeout", value, 50));
  }

  /** The bounds of the growing delay before a lost link is attached again. */
  public ConsumerSettings withReconnectBackoff(Duration minimum, Duration maximum) {
    SettingsSection.growing("reconnect-min-backoff", minimum, "reconnect-max-backoff", maximum);
    return changed(
        s -> {
          s.reconnectMinBackoff = minimum;
          s.reconnectMaxBackoff = maximum;
        });
  }

  /** How long a receiver with demand may be silent before it is checked; at least 10 ms. */
  public ConsumerSettings withStallCheck(Duration value) {
    return changed(s -> s.stallCheck = SettingsSection.atLeast("stall-check", value, 10));
  }

  /** The time allowed for a question to the service; at least 100 ms. */
  public ConsumerSettings withMetadataTimeout(Duration value) {
    return changed(
        s -> s.metadataTimeout = SettingsSection.atLeast("metadata-timeout", value, 100));
  }

  /** How often the event hub is asked for new partitions; at least 100 ms. */
  public ConsumerSettings withPartitionRefreshInterval(Duration value) {
    return changed(
        s ->
            s.partitionRefreshInterval =
                SettingsSection.atLeast("partition-refresh-interval", value, 100));
  }

  /**
   * How long a failed stream keeps its partitions for the incarnation that follows it, where a
   * {@code Consumer.RestartingControl} is attached. Zero to release them at once.
   */
  public ConsumerSettings withRestartHold(Duration value) {
    return changed(s -> s.restartHold = SettingsSection.notNegative("restart-hold", value));
  }

  /** How partitions are claimed; see {@link OwnershipSettings}. */
  public ConsumerSettings withOwnership(OwnershipSettings value) {
    return changed(s -> s.ownership = Objects.requireNonNull(value, "ownership"));
  }

  /** How {@code Subscriptions.balanced()} shares partitions; see {@link BalancedSettings}. */
  public ConsumerSettings withBalanced(BalancedSettings value) {
    return changed(s -> s.balanced = Objects.requireNonNull(value, "balanced"));
  }

  /** The reactions to events that do not continue; see {@link ContinuitySettings}. */
  public ConsumerSettings withContinuity(ContinuitySettings value) {
    return changed(s -> s.continuity = Objects.requireNonNull(value, "continuity"));
  }

  /**
   * The AMQP owner level (called epoch on the wire). For {@code Subscriptions.partitions(..)} only:
   * owned partitions always use level 0, by which the newest owner displaces an older receiver.
   */
  public ConsumerSettings withOwnerLevel(long value) {
    SettingsSection.atLeast("owner-level", value, 0);
    return changed(s -> s.ownerLevel = value);
  }

  /**
   * For {@code Subscriptions.partitions(..)}: read fixed partitions even while somebody else owns
   * them. Without an owner level the owner is not displaced: while it receives, the service lets
   * nobody else in, and this stream keeps trying; with one the two displace each other. Both commit
   * into the same checkpoints, and the one that comes second fails.
   */
  public ConsumerSettings withForcedPartitions() {
    return changed(s -> s.forced = true);
  }

  /** The consumer group. */
  public String consumerGroup() {
    return consumerGroup;
  }

  /** Where ownership and checkpoints are kept, if anywhere. */
  public Optional<PartitionStore> partitionStore() {
    return Optional.ofNullable(partitionStore);
  }

  /** Where to start without a checkpoint, if it was said. */
  public Optional<EventPosition> initialPosition() {
    return Optional.ofNullable(initialPosition);
  }

  /** Events the service may send ahead of demand, per partition. */
  public int prefetchCount() {
    return prefetchCount;
  }

  /** Events that may wait for the stream, per partition. */
  public int maxBufferedEvents() {
    return maxBufferedEvents;
  }

  /** Bytes that may wait for the stream, per partition. */
  public long maxBufferedBytes() {
    return maxBufferedBytes;
  }

  /** Events emitted and not yet acknowledged, per partition. */
  public int maxUncommitted() {
    return maxUncommitted;
  }

  /** Events committed before they are emitted, per partition, by {@code atMostOnceSource}. */
  public int maxCommittedAhead() {
    return maxCommittedAhead;
  }

  /** AMQP connections per stream. */
  public int connections() {
    return connections;
  }

  /** Whether events may be acknowledged out of order. */
  public Acknowledgement acknowledgement() {
    return acknowledgement;
  }

  /** The one deadline of a hand-over. */
  public Duration handoverTimeout() {
    return handoverTimeout;
  }

  /** The shortest delay before a lost link is attached again. */
  public Duration reconnectMinBackoff() {
    return reconnectMinBackoff;
  }

  /** The longest delay before a lost link is attached again. */
  public Duration reconnectMaxBackoff() {
    return reconnectMaxBackoff;
  }

  /** How long a receiver with demand may be silent before it is checked. */
  public Duration stallCheck() {
    return stallCheck;
  }

  /** The time allowed for a question to the service. */
  public Duration metadataTimeout() {
    return metadataTimeout;
  }

  /** How often the event hub is asked for new partitions. */
  public Duration partitionRefreshInterval() {
    return partitionRefreshInterval;
  }

  /** How long a failed stream keeps its partitions for the incarnation that follows it. */
  public Duration restartHold() {
    return restartHold;
  }

  /** How partitions are claimed. */
  public OwnershipSettings ownership() {
    return ownership;
  }

  /** How {@code Subscriptions.balanced()} shares partitions. */
  public BalancedSettings balanced() {
    return balanced;
  }

  /** The reactions to events of a partition that do not continue what was read before. */
  public ContinuitySettings continuity() {
    return continuity;
  }

  /** The owner level for fixed partitions, if one is set. */
  public OptionalLong ownerLevel() {
    return ownerLevel == null ? OptionalLong.empty() : OptionalLong.of(ownerLevel);
  }

  /** Whether fixed partitions are read even while somebody else owns them. */
  public boolean forcedPartitions() {
    return forced;
  }

  /** Whether each event tells the last one of its partition. */
  public boolean trackLastEnqueued() {
    return trackLastEnqueued;
  }

  /** Every value but the secrets. */
  @Override
  public String toString() {
    return described(access.toString())
        .add("consumerGroup=" + consumerGroup)
        .add("partitionStore=" + partitionStore().map(PartitionStore::description).orElse("none"))
        .add("initialPosition=" + initialPosition)
        .add("prefetchCount=" + prefetchCount)
        .add("maxBufferedEvents=" + maxBufferedEvents + ", maxBufferedBytes=" + maxBufferedBytes)
        .add("maxUncommitted=" + maxUncommitted + ", maxCommittedAhead=" + maxCommittedAhead)
        .add("trackLastEnqueued=" + trackLastEnqueued + ", connections=" + connections)
        .add("acknowledgement=" + acknowledgement)
        .add("handoverTimeout=" + handoverTimeout)
        .add("reconnectMinBackoff=" + reconnectMinBackoff)
        .add("reconnectMaxBackoff=" + reconnectMaxBackoff + ", stallCheck=" + stallCheck)
        .add("metadataTimeout=" + metadataTimeout)
        .add("partitionRefreshInterval=" + partitionRefreshInterval)
        .add("restartHold=" + restartHold + ", " + continuity)
        .add("ownerLevel=" + (ownerLevel == null ? "none" : ownerLevel))
        .add("forcedPartitions=" + forced + ", ownership=" + ownership)
        .add("balanced=" + balanced)
        .toString();
  }
}
