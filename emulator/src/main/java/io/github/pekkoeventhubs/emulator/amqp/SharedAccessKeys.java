// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keys of the namespace, and the check of tokens that were signed with one of them. */
final class SharedAccessKeys {
  private static final String SCHEME = "SharedAccessSignature ";

  private final Map<String, String> keys;
  private final Clock clock;

  /**
   * @param keys key by key name
   * @param clock tells when a token has expired
   */
  SharedAccessKeys(Map<String, String> keys, Clock clock) {
    this.keys = Map.copyOf(keys);
    this.clock = clock;
  }

  /** A token that was found valid. */
  record Grant(String resource, Instant expiry) {}

  /**
   * Checks signature and expiry of a token.
   *
   * @throws ServiceException saying what is wrong with it
   */
  Grant verify(String token) {
    if (!token.startsWith(SCHEME)) {
      throw unauthorized("MalformedToken: The token is not a shared access signature.");
    }
    Map<String, String> fields = fields(token.substring(SCHEME.length()));
    String resource = fields.getOrDefault("sr", "");
    String expiry = fields.getOrDefault("se", "");
    String key = keys.get(decode(fields.getOrDefault("skn", "")));
    String signature = decode(fields.getOrDefault("sig", ""));
    if (key == null
        || !MessageDigest.isEqual(
            sign(key, resource + "\n" + expiry).getBytes(UTF_8), signature.getBytes(UTF_8))) {
      throw unauthorized("InvalidSignature: The token has an invalid signature.");
    }
    Instant expires = instant(expiry);
    if (!clock.instant().isBefore(expires)) {
      throw unauthorized("ExpiredToken: The token is expired. Expiration time: '" + expires + "'.");
    }
    return new Grant(decode(resource), expires);
  }

  private static Map<String, String> fields(String token) {
    Map<String, String> fields = new HashMap<>();
    for (String field : token.split("&", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return fields;
  }

  private static String sign(String key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JVM has no HmacSHA256", e);
    }
  }

  private static Instant instant(String epochSeconds) {
    try {
      return Instant.ofEpochSecond(Long.parseLong(epochSeconds));
    } catch (NumberFormatException | DateTimeException e) {
      throw unauthorized("MalformedToken: The token has no valid expiration time.");
    }
  }

  private static String decode(String urlEncoded) {
    try {
      return URLDecoder.decode(urlEncoded, UTF_8);
    } catch (IllegalArgumentException e) {
      throw unauthorized("MalformedToken: The token is not URL-encoded.");
    }
  }

  static ServiceException unauthorized(String description) {
    return new ServiceException(ErrorConditions.UNAUTHORIZED_ACCESS, description);
  }
}
