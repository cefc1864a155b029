// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Holds a partition by its owner level without a client behind it. Any thread may read the hits;
 * everything else is for the thread of the event loop.
 */
@Internal
public final class Thief implements EventSink {
  private final AtomicLong hits = new AtomicLong();
  private @Nullable Subscription subscription;

  Thief() {}

  void begin(Subscription begun, int displaced) {
    subscription = begun;
    hits.addAndGet(displaced);
  }

  /** How many receivers were disconnected or refused because of it. */
  public long hits() {
    return hits.get();
  }

  /** Gives the partition back. */
  void end() {
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void refusedAnother() {
    hits.incrementAndGet();
  }

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public void write(LogEntry entry) {
    throw new IllegalStateException("A thief takes no events");
  }

  @Override
  public void wake() {}

  @Override
  public void detach(@Nullable ServiceException error) {
    subscription = null;
  }
}
