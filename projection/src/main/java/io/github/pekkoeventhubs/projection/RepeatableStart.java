// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.projection;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidCheckpoint;
import io.github.pekkoeventhubs.InvalidCheckpointPolicy;
import io.github.pekkoeventhubs.InvalidSettingsException;
import java.util.Objects;
import java.util.Optional;

/**
 * The rule that a start without a usable offset is the same position at each attempt. A projection
 * stores its first offset with the first event that its handler has handled. Until then each
 * restart looks for the start again, and {@code latest} would have moved behind events that nobody
 * has handled.
 */
final class RepeatableStart {

  private static final String REASON =
      ", which is another position after each restart: an event whose handler fails before the"
          + " projection has stored an offset would be lost";

  private RepeatableStart() {}

  /**
   * Refuses an initial position that moves.
   *
   * @throws InvalidSettingsException names the key, its value and the fix
   */
  static void require(ConsumerSettings settings, String partitionId) {
    if (settings.initialPosition().filter(RepeatableStart::moves).isPresent()) {
      throw new InvalidSettingsException(
          "initial-position = latest, and the projection has no offset for partition "
              + partitionId
              + " of event hub '"
              + settings.eventHubName()
              + "'. It would start at the end"
              + REASON
              + ". Set it to earliest, with which a checkpoint of the partition store still comes"
              + " first, or to a time that stays the same, with"
              + " withInitialPosition(EventPosition.fromEnqueuedTime(..)); or store an offset with"
              + " ProjectionManagement.updateOffset");
    }
  }

  /** The same settings, with which an offset that cannot be used never leads to the end. */
  static ConsumerSettings of(ConsumerSettings settings) {
    InvalidCheckpointPolicy policy = settings.continuity().onInvalidCheckpoint();
    return policy.isFail() || policy.equals(InvalidCheckpointPolicy.earliest())
        ? settings
        : settings.withContinuity(
            settings
                .continuity()
                .withOnInvalidCheckpoint(
                    InvalidCheckpointPolicy.of(invalid -> position(policy, invalid))));
  }

  private static Optional<EventPosition> position(
      InvalidCheckpointPolicy policy, InvalidCheckpoint invalid) {
    Optional<EventPosition> position = policy.positionFor(invalid);
    if (position.filter(RepeatableStart::moves).isPresent()) {
      throw new InvalidSettingsException(
          "continuity.on-invalid-checkpoint = "
              + policy
              + " leads to latest"
              + REASON
              + ". Let it lead to earliest or to a time that stays the same");
    }
    return position;
  }

  private static boolean moves(EventPosition position) {
    return Objects.equals(position.getOffset(), EventPosition.latest().getOffset());
  }
}
