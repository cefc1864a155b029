// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Collator;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies that a request was signed with the account's key ({@code Authorization: SharedKey}).
 *
 * <p>The age of a signature is not checked: the service's clock may be a test's, the client's is
 * not.
 */
final class SharedKeySignature {

  private static final List<String> SIGNED_HEADERS =
      List.of(
          "Content-Encoding",
          "Content-Language",
          "Content-Length",
          "Content-MD5",
          "Content-Type",
          "Date",
          "If-Modified-Since",
          "If-Match",
          "If-None-Match",
          "If-Unmodified-Since",
          "Range");
  private static final String ALGORITHM = "HmacSHA256";

  private final StorageAccount account;
  private final SecretKeySpec key;

  SharedKeySignature(StorageAccount account) {
    this.account = account;
    this.key = new SecretKeySpec(Base64.getDecoder().decode(account.key()), ALGORITHM);
  }

  /**
   * Returns if the request carries a valid signature.
   *
   * @throws StorageError 401 or 403 if it does not
   */
  void verify(HttpRequest request, BlobAddress address) {
    String authorization = request.headers().get("Authorization");
    if (authorization == null) {
      if (address.query().containsKey("sig")) {
        throw StorageError.authenticationFailed(
            "Shared access signatures are not supported here; use the account's key.");
      }
      throw StorageError.noAuthentication();
    }
    String scheme = "SharedKey " + account.name() + ":";
    if (!authorization.startsWith(scheme)) {
      throw StorageError.authenticationFailed(
          "It must be signed with the key of the account '" + account.name() + "'.");
    }
    if (!address.account().equals(account.name())) {
      throw StorageError.authenticationFailed(
          "The account here is '" + account.name() + "', not '" + address.account() + "'.");
    }
    byte[] given = authorization.substring(scheme.length()).getBytes(StandardCharsets.UTF_8);
    // Clients disagree on the order of header names with punctuation: some sort by character, the
    // Java
    // client by collation. The real service accepts both, and so do we.
    boolean valid =
        MessageDigest.isEqual(given, sign(request, address, Comparator.naturalOrder()))
            || MessageDigest.isEqual(given, sign(request, address, collation()));
    if (!valid) {
      throw StorageError.authenticationFailed(
          "The signature does not match: the client uses another account key.");
    }
  }

  private byte[] sign(HttpRequest request, BlobAddress address, Comparator<String> nameOrder) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] text = stringToSign(request, address, nameOrder).getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder().encode(mac.doFinal(text));
    } catch (GeneralSecurityException unavailable) {
      throw new IllegalStateException(ALGORITHM + " is missing in this JDK", unavailable);
    }
  }

  private String stringToSign(
      HttpRequest request, BlobAddress address, Comparator<String> nameOrder) {
    StringBuilder text = new StringBuilder(request.method()).append('\n');
    for (String name : SIGNED_HEADERS) {
      text.append(signedValue(request.headers(), name)).append('\n');
    }
    TreeMap<String, String> serviceHeaders = new TreeMap<>(nameOrder);
    for (HttpHeaders.Field field : request.headers().fields()) {
      String name = field.lowerCaseName();
      if (name.startsWith("x-ms-")) {
        serviceHeaders.merge(name, field.value(), (first, second) -> first + "," + second);
      }
    }
    serviceHeaders.forEach(
        (name, value) -> text.append(name).append(':').append(value).append('\n'));
    // The path already starts with the account, which therefore stands here twice.
    text.append('/').append(account.name()).append(request.path());
    address
        .query()
        .forEach((name, value) -> text.append('\n').append(name).append(':').append(value));
    return text.toString();
  }

  private static String signedValue(HttpHeaders headers, String name) {
    String value = headers.getOrEmpty(name);
    boolean absent =
        (name.equals("Content-Length") && value.equals("0"))
            || (name.equals("Date") && headers.contains("x-ms-date"));
    return absent ? "" : value;
  }

  /** The order of the Java client; names it holds equal still need an order of their own. */
  private static Comparator<String> collation() {
    Collator collator = Collator.getInstance(Locale.ROOT);
    Comparator<String> byCollation = collator::compare;
    return byCollation.thenComparing(Comparator.naturalOrder());
  }
}
