// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.amqp.ConnectionSnapshot;
import java.time.Instant;
import java.util.Set;

/**
 * A connection to an {@link EventHubsEmulator}; one client may have several.
 *
 * @param port the client's end
 * @param containerId the name that the client gives itself; empty before it has sent one
 * @param product the SDK and its version; empty if the client does not send them
 * @param since when it was accepted, by the emulator's clock
 * @param eventHubs the event hubs that it has attached to, asked about or presented a token for, in
 *     lower case
 * @param receivers links that receive events
 * @param senders links that send events
 */
public record ConnectedClient(
    int port,
    String containerId,
    String product,
    Instant since,
    Set<String> eventHubs,
    int receivers,
    int senders) {

  static ConnectedClient of(ConnectionSnapshot snapshot) {
    return new ConnectedClient(
        snapshot.port(),
        snapshot.containerId(),
        snapshot.product(),
        snapshot.since(),
        snapshot.eventHubs(),
        snapshot.receivers(),
        snapshot.senders());
  }
}
