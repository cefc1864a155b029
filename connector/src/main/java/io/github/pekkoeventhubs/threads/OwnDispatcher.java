// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.dispatch.MessageDispatcher;

/**
 * The dispatcher of this library's actors in an actor system: owners, placements and leases do not
 * wait for a thread that other code keeps busy. Code of users does not run on it. Any thread.
 */
@InternalApi
public final class OwnDispatcher {

  /** Its section in the configuration. */
  public static final String CONFIG_PATH = "pekko.eventhubs.dispatcher";

  private OwnDispatcher() {}

  /** For actors that are to run on it. */
  public static Props props() {
    return Props.empty().withDispatcherFromConfig(CONFIG_PATH);
  }

  /** That of this actor system. */
  public static MessageDispatcher of(ClassicActorSystemProvider system) {
    return system.classicSystem().dispatchers().lookup(CONFIG_PATH);
  }
}
