// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.apache.pekko.actor.ActorSystem;

/**
 * Whether the streams of an actor system have started, as {@link StreamsHealth#started} answers it,
 * in the form in which Pekko Management finds checks by name:
 *
 * <pre>{@code
 * pekko.management.health-checks.readiness-checks {
 *   event-hubs = "io.github.pekkoeventhubs.StartupCheck"
 * }
 * }</pre>
 *
 * It is for readiness. During an outage of Event Hubs or of the partition store it says no for as
 * long as that lasts, and a startup probe of Kubernetes that asked it would end the process.
 *
 * <p>Anything else can call it, too. Thread-safe; it completes at once, and does not fail. The log
 * of {@code io.github.pekkoeventhubs.Health} says why the answer has become no, once for each
 * change.
 */
public final class StartupCheck extends HealthCheck {

  /** For the streams of this actor system. */
  public StartupCheck(ActorSystem system) {
    super("not started", StreamsHealth.of(system)::started);
  }
}
