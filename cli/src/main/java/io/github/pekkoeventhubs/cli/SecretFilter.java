// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from text: the values it was told of, and whatever looks like a key, or like the
 * secret part of a connection string or of a shared access signature. Thread-safe.
 */
final class SecretFilter {

  private static final String HIDDEN = "***";

  private static final Pattern SECRET_PART =
      Pattern.compile(
          "(?i)((?:SharedAccessKey|AccountKey|SharedAccessSignature)\\s*=\\s*)[^;'\"\\s]+"
              + "|([?&]?sig=)[^&;'\"\\s]+");

  /** A key of the services alone: 32 bytes or more in Base64. */
  private static final Pattern KEY =
      Pattern.compile("(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42,}={1,2}(?![A-Za-z0-9+/=])");

  /** Shorter values are no keys, and would be found in any text. */
  private static final int SHORTEST_SECRET = 6;

  private final Set<String> secrets = ConcurrentHashMap.newKeySet();

  /** Remembers the keys and signatures in a connection string. */
  void learn(String connectionString) {
    for (String part : connectionString.split(";", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? "" : part.substring(0, equals).trim();
      boolean secret =
          name.equalsIgnoreCase("SharedAccessKey")
              || name.equalsIgnoreCase("AccountKey")
              || name.equalsIgnoreCase("SharedAccessSignature");
      String value = equals < 0 ? "" : part.substring(equals + 1).trim();
      if (secret && value.length() >= SHORTEST_SECRET) {
        secrets.add(value);
      }
    }
  }

  /** Remembers a secret, such as an access token. */
  void learnValue(String secret) {
    if (secret.length() >= SHORTEST_SECRET) {
      secrets.add(secret);
    }
  }

  /** The text without secrets. */
  String clean(String text) {
    String cleaned = text;
    for (String secret : secrets) {
      cleaned = cleaned.replace(secret, HIDDEN);
    }
    return SECRET_PART
        .matcher(KEY.matcher(cleaned).replaceAll(HIDDEN))
        .replaceAll(
            found -> {
              String name = found.group(1) == null ? found.group(2) : found.group(1);
              return Matcher.quoteReplacement(name + HIDDEN);
            });
  }

  /** A stream that writes to the other one, a line at a time, without secrets. */
  PrintStream filtering(PrintStream target) {
    return new PrintStream(new Lines(target), true, StandardCharsets.UTF_8);
  }

  /** Keeps an unfinished line until it ends, so that no secret passes in two parts. */
  private final class Lines extends OutputStream {

    private final PrintStream target;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(PrintStream target) {
      this.target = target;
    }

    @Override
    public synchronized void write(int value) {
      line.write(value);
      if (value == '\n') {
        pass();
      }
    }

    @Override
    public synchronized void close() throws IOException {
      pass();
      target.flush();
    }

    private void pass() {
      target.print(clean(line.toString(StandardCharsets.UTF_8)));
      target.flush();
      line.reset();
    }
  }
}
