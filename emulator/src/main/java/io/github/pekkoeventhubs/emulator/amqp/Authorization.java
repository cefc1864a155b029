// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The event hubs that one connection may use, by the tokens it has presented. If the emulator asks
 * for no tokens, the connection may use all of them.
 */
final class Authorization {
  private final @Nullable SharedAccessKeys keys;
  private final Clock clock;
  private final Map<String, Instant> expiryByPath = new HashMap<>();

  /**
   * @param keys none lets everyone use everything
   */
  Authorization(@Nullable SharedAccessKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Takes a token that a client has put for an audience.
   *
   * @throws ServiceException if it is not valid or not meant for this audience
   */
  void put(String audience, String token) {
    if (keys != null) {
      expiryByPath.put(key(audience), verify(keys, audience, token));
    }
  }

  /**
   * @throws ServiceException unless a valid token was put for this address or a part of it
   */
  void require(String address) {
    if (keys == null) {
      return;
    }
    String wanted = key(address);
    boolean granted =
        expiryByPath.entrySet().stream()
            .anyMatch(
                grant ->
                    clock.instant().isBefore(grant.getValue()) && covers(grant.getKey(), wanted));
    if (!granted) {
      throw SharedAccessKeys.unauthorized(
          "Unauthorized access. No valid token was presented for the resource 'sb://localhost/"
              + wanted
              + "'.");
    }
  }

  /**
   * Checks a request that may carry its own token instead of one that was put before.
   *
   * @throws ServiceException if neither allows it
   */
  void requireForRequest(String address, @Nullable String token) {
    if (keys != null && token != null) {
      keys.verify(token);
    } else {
      require(address);
    }
  }

  private static Instant verify(SharedAccessKeys keys, String audience, String token) {
    SharedAccessKeys.Grant grant = keys.verify(token);
    if (!covers(key(grant.resource()), key(audience))) {
      throw SharedAccessKeys.unauthorized(
          "InvalidAudience: The authorization header contains a token with a wrong audience.");
    }
    return grant.expiry();
  }

  private static boolean covers(String granted, String wanted) {
    return granted.isEmpty() || wanted.equals(granted) || wanted.startsWith(granted + "/");
  }

  private static String key(String address) {
    return LinkAddress.path(address).toLowerCase(Locale.ROOT);
  }
}
