// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for a process that cannot choose one itself. It lies below those that operating systems
 * give out, so that no process gets it by chance between this choice and its use.
 */
final class FreePort {

  private static final int FIRST = 20_000;
  private static final int BEHIND_LAST = 32_000;
  private static final int ATTEMPTS = 100;

  private FreePort() {}

  /** One that is free on each of the addresses. */
  static int on(List<String> addresses) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
      if (isFree(addresses, port)) {
        return port;
      }
    }
    throw new IOException("no port is free from " + FIRST + " to " + BEHIND_LAST);
  }

  private static boolean isFree(List<String> addresses, int port) throws IOException {
    for (String address : addresses) {
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(address))) {
        probe.getLocalPort();
      } catch (BindException taken) {
        return false;
      }
    }
    return true;
  }
}
