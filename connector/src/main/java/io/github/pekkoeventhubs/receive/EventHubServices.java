// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The event hubs of an actor system's sources: the SDK's clients, unless a simulation has replaced
 * them. Streams take the one that is set when they start.
 */
@InternalApi
public final class EventHubServices implements Extension {

  /** Opens the event hub of the settings. */
  public interface Opening {
    /**
     * Connects to nothing before it is needed.
     *
     * @param ownerLevel the AMQP owner level of receivers, or null for none
     */
    EventHubService open(ConsumerSettings settings, @Nullable Long ownerLevel);
  }

  private static final Id ID = new Id();

  private volatile Opening opening = EventHubClients::open;

  private EventHubServices() {}

  /** Those of this actor system. */
  public static EventHubServices of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** Replaces the SDK's clients for the streams that start from now on. */
  public void replace(Opening replacement) {
    opening = replacement;
  }

  EventHubService open(ConsumerSettings settings, @Nullable Long ownerLevel) {
    return opening.open(settings, ownerLevel);
  }

  private static final class Id extends AbstractExtensionId<EventHubServices> {

    @Override
    public EventHubServices createExtension(ExtendedActorSystem system) {
      return new EventHubServices();
    }
  }
}
