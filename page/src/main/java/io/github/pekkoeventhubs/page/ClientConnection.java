// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.time.Instant;
import java.util.List;

/**
 * A client that is connected; only an emulator knows of them.
 *
 * @param client the name it gave; empty if it gave none
 * @param port its port
 * @param product empty if it did not say
 */
public record ClientConnection(
    String client,
    int port,
    String product,
    List<String> eventHubs,
    long receivers,
    long senders,
    Instant since) {

  /** Copies. */
  public ClientConnection {
    eventHubs = List.copyOf(eventHubs);
  }
}
