// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Objects;

/**
 * The reactions to events of a partition that do not continue what was read before; {@code
 * reference.conf} explains each setting. Immutable, and safe for all threads; each {@code withX}
 * returns a changed copy. A name that no setting has is refused with an {@link
 * InvalidSettingsException}.
 *
 * @param onInvalidCheckpoint where to read on if the checkpoint cannot be used
 * @param missedEvents what happens when the partition no longer has events that were to be read
 * @param undecodableEvents what happens at an event that the SDK cannot decode
 */
public record ContinuitySettings(
    InvalidCheckpointPolicy onInvalidCheckpoint,
    OnMissedEvents missedEvents,
    OnUndecodableEvents undecodableEvents) {

  /** The reaction to events that the partition no longer has when they are to be read. */
  public enum OnMissedEvents {
    /** A warning in the log, a notice to the listener, and reading goes on. The default. */
    WARN,
    /** The stream fails with an {@link EventsMissedException}. */
    FAIL,
    /** Reading goes on, and the events are only counted: for event hubs with compaction. */
    IGNORE
  }

  /** The reaction to an event that the SDK cannot decode. */
  public enum OnUndecodableEvents {
    /** The stream fails with an {@link UndecodableEventException}. The default. */
    FAIL,
    /** A warning in the log; the event is counted and left out. */
    SKIP
  }

  /** Refuses null. */
  public ContinuitySettings {
    Objects.requireNonNull(onInvalidCheckpoint, "continuity.on-invalid-checkpoint");
    Objects.requireNonNull(missedEvents, "continuity.missed-events");
    Objects.requireNonNull(undecodableEvents, "continuity.undecodable-events");
  }

  /** Settings from the block {@code continuity} of a consumer section. */
  static ContinuitySettings create(SettingsSection section) {
    return new ContinuitySettings(
        InvalidCheckpointPolicy.named(section.text("continuity.on-invalid-checkpoint")),
        section.choice("continuity.missed-events", OnMissedEvents.values()),
        section.choice("continuity.undecodable-events", OnUndecodableEvents.values()));
  }

  /** Where to read on if the checkpoint cannot be used. */
  public ContinuitySettings withOnInvalidCheckpoint(InvalidCheckpointPolicy value) {
    return new ContinuitySettings(value, missedEvents, undecodableEvents);
  }

  /** The reaction to events that the partition no longer has when they are to be read. */
  public ContinuitySettings withMissedEvents(OnMissedEvents value) {
    return new ContinuitySettings(onInvalidCheckpoint, value, undecodableEvents);
  }

  /** The reaction to an event that the SDK cannot decode. */
  public ContinuitySettings withUndecodableEvents(OnUndecodableEvents value) {
    return new ContinuitySettings(onInvalidCheckpoint, missedEvents, value);
  }
}
