// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.time.Instant;
import java.util.Set;

/**
 * What is known of a connection at one moment.
 *
 * @param containerId what the client calls itself; empty before it has said so
 * @param product the SDK and its version; empty where the client does not say
 * @param eventHubs in lower case, those it has attached to, asked about or shown a token for
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
