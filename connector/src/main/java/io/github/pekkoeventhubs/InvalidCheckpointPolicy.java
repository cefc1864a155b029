// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.models.EventPosition;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where to read on in a partition whose checkpoint cannot be used. The position becomes the new
 * checkpoint before the first event is emitted, even if it is lower than the old one. Immutable,
 * and safe for all threads. If there is no position for a checkpoint, its stream fails.
 */
public final class InvalidCheckpointPolicy {

  private static final InvalidCheckpointPolicy FAIL =
      new InvalidCheckpointPolicy("fail", invalid -> Optional.empty());
  private static final InvalidCheckpointPolicy EARLIEST =
      new InvalidCheckpointPolicy("earliest", invalid -> Optional.of(EventPosition.earliest()));
  private static final InvalidCheckpointPolicy LATEST =
      new InvalidCheckpointPolicy("latest", invalid -> Optional.of(EventPosition.latest()));

  private final String name;
  private final Function<InvalidCheckpoint, Optional<EventPosition>> function;

  private InvalidCheckpointPolicy(
      String name, Function<InvalidCheckpoint, Optional<EventPosition>> function) {
    this.name = name;
    this.function = function;
  }

  /** The stream fails, and the checkpoint stays as it is. The default. */
  public static InvalidCheckpointPolicy fail() {
    return FAIL;
  }

  /** At the first event that the partition has now. */
  public static InvalidCheckpointPolicy earliest() {
    return EARLIEST;
  }

  /** After the last event that the partition has now. */
  public static InvalidCheckpointPolicy latest() {
    return LATEST;
  }

  /**
   * Where the function says, for each checkpoint.
   *
   * @param function returns the position; empty to fail the stream. Called on a thread of the
   *     connector, which it may block, for one partition at a time or for several. If it throws,
   *     the stream fails with its exception as the cause
   */
  public static InvalidCheckpointPolicy of(
      Function<InvalidCheckpoint, Optional<EventPosition>> function) {
    return new InvalidCheckpointPolicy(
        "a function", Objects.requireNonNull(function, "on-invalid-checkpoint"));
  }

  static InvalidCheckpointPolicy named(String name) {
    return switch (name) {
      case "fail" -> FAIL;
      case "earliest" -> EARLIEST;
      case "latest" -> LATEST;
      default ->
          throw new InvalidSettingsException(
              "continuity.on-invalid-checkpoint must be 'fail', 'earliest' or 'latest' in"
                  + " configuration, and not '"
                  + name
                  + "'; give a function in code, with InvalidCheckpointPolicy.of");
    };
  }

  /** Whether every checkpoint that cannot be used fails the stream. */
  public boolean isFail() {
    return this == FAIL;
  }

  /** Returns the position from which to read on; empty to fail the stream. */
  public Optional<EventPosition> positionFor(InvalidCheckpoint invalid) {
    return function.apply(invalid);
  }

  /** The name in configuration, or that it is a function. */
  @Override
  public String toString() {
    return name;
  }
}
