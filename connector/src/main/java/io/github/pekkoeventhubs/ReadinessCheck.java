// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.apache.pekko.actor.ActorSystem;

/**
 * Whether the streams of an actor system are ready, as {@link StreamsHealth#ready} answers it, in
 * the form in which Pekko Management finds checks by name:
 *
 * <pre>{@code
 * pekko.management.health-checks.readiness-checks {
 *   event-hubs = "io.github.pekkoeventhubs.ReadinessCheck"
 * }
 * }</pre>
 *
 * Anything else can call it, too. Thread-safe; it completes at once, and does not fail. The log of
 * {@code io.github.pekkoeventhubs.Health} says why the answer has become no, once for each change.
 */
public final class ReadinessCheck extends HealthCheck {

  /** For the streams of this actor system. */
  public ReadinessCheck(ActorSystem system) {
    super("not ready", StreamsHealth.of(system)::ready);
  }
}
