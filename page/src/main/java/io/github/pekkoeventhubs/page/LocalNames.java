// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names by which a browser may ask for a page that is for this machine only. A page of somebody
 * else, whose name is made to lead to this machine, can ask here in the browser of the user. Its
 * name is in the request, and it is none of these. Immutable, and safe for all threads.
 */
public final class LocalNames {

  private final Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));

  /**
   * The names of the loopback interface, and one more.
   *
   * @param address where the page listens
   */
  public LocalNames(String address) {
    names.add(address);
  }

  /**
   * Whether a request asks for one of them.
   *
   * @param host the header {@code Host}, with or without a port; null if there is none
   */
  public boolean include(@Nullable String host) {
    return host != null && names.contains(host.replaceFirst(":\\d+$", ""));
  }

  /**
   * The answer to a request for another name.
   *
   * @param location the address of the page, to which the answer refers
   */
  public static PageAnswer refusal(String location) {
    return new PageAnswer(
        403,
        Map.of("Content-Type", "text/plain; charset=utf-8"),
        "The page is at " + location + "\n");
  }
}
