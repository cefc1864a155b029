// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.apache.pekko.actor.ActorSystem;

/**
 * Whether the streams of an actor system are alive, as {@link StreamsHealth#live} answers it, in
 * the form in which Pekko Management finds checks by name:
 *
 * <pre>{@code
 * pekko.management.health-checks.liveness-checks {
 *   event-hubs = "io.github.pekkoeventhubs.LivenessCheck"
 * }
 * }</pre>
 *
 * Anything else can call it, too. Thread-safe; it completes at once, and does not fail. The log of
 * {@code io.github.pekkoeventhubs.Health} says why the answer has become no, once for each change.
 */
public final class LivenessCheck extends HealthCheck {

  /** For the streams of this actor system. */
  public LivenessCheck(ActorSystem system) {
    super("not alive", StreamsHealth.of(system)::live);
  }
}
