// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.time.Instant;
import java.util.Set;

/**
 * The state of a connection at one moment.
 *
 * @param containerId the name that the client gives itself; empty before it has sent one
 * @param product the SDK and its version; empty if the client does not send them
 * @param eventHubs the event hubs that it has attached to, asked about or presented a token for, in
 *     lower case
 */
@Internal
public record ConnectionSnapshot(
    int port,
    String containerId,
    String product,
    Instant since,
    Set<String> eventHubs,
    int receivers,
    int senders) {}
