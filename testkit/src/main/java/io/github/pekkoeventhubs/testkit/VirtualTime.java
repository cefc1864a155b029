// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.typesafe.config.Config;
import io.github.pekkoeventhubs.commit.CommitterClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Time that passes only when a test says so, for streams between a test source and a {@code
 * Committer}: a test of intervals of hours ends at once. All timers of the actor system go by it,
 * so do not let such a system connect to a service, the embedded ones included.
 *
 * <pre>{@code
 * ActorTestKit kit = ActorTestKit.create(VirtualTime.config().withFallback(ConfigFactory.load()));
 * VirtualTime time = VirtualTime.of(kit.system());
 * … start the stream …
 * time.pass(Duration.ofHours(1));
 * }</pre>
 */
public final class VirtualTime {

  private final ManualTime timers;
  private final AtomicLong nanoTime = new AtomicLong();

  private VirtualTime(ActorSystem<?> system) {
    timers = ManualTime.get(system);
    CommitterClock.of(system).replace(nanoTime::get);
  }

  /** The configuration that an actor system needs for this. */
  public static Config config() {
    return ManualTime.config();
  }

  /**
   * Takes over the time of an actor system; to be called before streams are started.
   *
   * @throws IllegalArgumentException if the system was made without {@link #config()}
   */
  public static VirtualTime of(ActorSystem<?> system) {
    return new VirtualTime(system);
  }

  /**
   * Lets time pass and runs the timers that are due. Their effects in streams happen afterwards on
   * the streams' threads: await them.
   */
  public void pass(Duration duration) {
    nanoTime.addAndGet(duration.toNanos());
    timers.timePasses(duration);
  }
}
