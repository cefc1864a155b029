// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.amqp.ConnectionSnapshot;
import java.time.Instant;
import java.util.Set;

/**
 * A connection to an {@link EventHubsEmulator}; one client may have several.
 *
 * @param port the client's end
 * @param containerId what the client calls itself; empty before it has said so
 * @param product the SDK and its version; empty where the client does not say
 * @param since when it was accepted, by the emulator's clock
 * @param eventHubs in lower case, those it has attached to, asked about or shown a token for
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
