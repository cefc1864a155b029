// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.SequenceNumbers;
import java.util.concurrent.atomic.LongAdder;

/** Starts of epochs, for tests that are about something else. */
public final class SyntheticReadStarts {

  private SyntheticReadStarts() {}

  /** With the default settings, where the sequence number of the first event does not matter. */
  public static ReadStart at(EventPosition position) {
    return at(position, Continuity.after(SequenceNumbers.UNKNOWN, ""));
  }

  /** With the default settings. */
  public static ReadStart at(EventPosition position, Continuity continuity) {
    return new ReadStart(
        position, continuity, new MissedEvents(new LongAdder(), () -> {}), settings());
  }

  /** The default settings. */
  public static ContinuitySettings settings() {
    return ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
        .continuity();
  }
}
