// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * Secrets that are known by sight, and the search for them in what a process has said. Each is
 * found also where it was encoded: by Base64 within whatever text, or for a URL. Signatures differ
 * from request to request, and are found by their form.
 */
@NullMarked
public final class CanarySecrets {

  /** The shared access key of the event hubs. */
  public static final String SHARED_ACCESS_KEY = "CanarySharedAccessKey/That+NobodyMaySee0=";

  /** The key of the storage account, in Base64. */
  public static final String ACCOUNT_KEY =
      base64("CanaryAccountKey: nobody may see it, and it is as long as a key has to be.");

  /** An access token. */
  public static final String ACCESS_TOKEN = "CanaryAccessToken.That-Nobody_May.See~0";

  /** What a client makes of the secrets for each request. */
  private static final Map<String, Pattern> SIGNATURES =
      Map.of(
          "a shared access signature", Pattern.compile("\\bsig=[A-Za-z0-9%+/=]{20,}"),
          "a signature with the account key", Pattern.compile("SharedKey \\w+:[A-Za-z0-9+/=]{20,}"),
          "a bearer token", Pattern.compile("Bearer [A-Za-z0-9._~+/=-]{10,}"));

  private static final Map<String, Set<String>> FORMS = forms();

  private CanarySecrets() {}

  private static Map<String, Set<String>> forms() {
    Map<String, Set<String>> forms = new LinkedHashMap<>();
    forms.put("the shared access key", formsOf(SHARED_ACCESS_KEY));
    Set<String> account = formsOf(ACCOUNT_KEY);
    account.addAll(formsOf(new String(decoded(ACCOUNT_KEY), StandardCharsets.UTF_8)));
    forms.put("the account key", account);
    forms.put("the access token", formsOf(ACCESS_TOKEN));
    return forms;
  }

  private static Set<String> formsOf(String secret) {
    Set<String> forms = new LinkedHashSet<>();
    forms.add(secret);
    forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"));
    // What surrounds it in a text moves it by up to two bytes, and changes what is at its ends.
    for (int before = 0; before < 3; before++) {
      int from = (before * 8 + 5) / 6;
      String encoded = base64("x".repeat(before) + secret);
      int end = (before + secret.getBytes(StandardCharsets.UTF_8).length) * 8 / 6;
      String middle = encoded.substring(from, end);
      forms.add(middle);
      forms.add(middle.replace('+', '-').replace('/', '_'));
    }
    return forms;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] decoded(String text) {
    return Base64.getDecoder().decode(text);
  }

  /**
   * The secrets that a text holds, in words that do not repeat them.
   *
   * @param where the text was found
   */
  public static List<String> leaksOf(String where, String text) {
    List<String> leaks = new ArrayList<>();
    FORMS.forEach(
        (secret, forms) -> {
          if (forms.stream().anyMatch(text::contains)) {
            leaks.add(where + " shows " + secret);
          }
        });
    SIGNATURES.forEach(
        (secret, form) -> {
          if (form.matcher(text).find()) {
            leaks.add(where + " shows " + secret);
          }
        });
    return leaks;
  }

  /**
   * The secrets that the lines of the files of a folder hold; at most one for each kind and file.
   */
  public static List<String> leaksIn(Path folder) {
    Set<String> leaks = new LinkedHashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        try (Stream<String> lines = Files.lines(file)) {
          lines.forEach(line -> leaks.addAll(leaksOf(file.getFileName().toString(), line)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the logs in " + folder + " cannot be read", e);
    }
    return List.copyOf(leaks);
  }
}
