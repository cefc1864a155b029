// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.models.EventPosition;

/** The positions that have a name in configuration. */
final class NamedPosition {

  private NamedPosition() {}

  /**
   * The position of {@code initial-position}.
   *
   * @throws InvalidSettingsException if no position has that name
   */
  static EventPosition of(String name) {
    return switch (name) {
      case "earliest" -> EventPosition.earliest();
      case "latest" -> EventPosition.latest();
      default ->
          throw new InvalidSettingsException(
              "initial-position must be 'earliest' or 'latest' in configuration, and not '"
                  + name
                  + "'; give any other position in code, with withInitialPosition");
    };
  }
}
