// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The address of a request: account, container and blob from the path, and its query parameters.
 *
 * <p>Paths are {@code /account/container/blob}, as development storage has them: no host name needs
 * to be resolved. The raw path is split before it is decoded, because the Java client sends the
 * slashes within a blob's name as {@code %2F}.
 *
 * @param query names in lower case, values decoded, in order of name
 */
record BlobAddress(String account, String container, String blob, SortedMap<String, String> query) {

  private static final Pattern CONTAINER_NAME =
      Pattern.compile("\\$root|\\$web|\\$logs|[a-z0-9](?:-?[a-z0-9])*");
  private static final int MAX_BLOB_NAME_LENGTH = 1024;

  enum Target {
    ACCOUNT,
    CONTAINER,
    BLOB
  }

  static BlobAddress parse(HttpRequest request) {
    String[] segments = request.path().split("/", 4);
    if (!segments[0].isEmpty() || segments.length < 2 || segments[1].isEmpty()) {
      throw StorageError.invalidUri();
    }
    // The service treats a backslash in a blob's name as a slash.
    return new BlobAddress(
        decode(segments[1]),
        segments.length > 2 ? decode(segments[2]) : "",
        segments.length > 3 ? decode(segments[3]).replace('\\', '/') : "",
        parseQuery(request.query()));
  }

  Target target() {
    return container.isEmpty() ? Target.ACCOUNT : blob.isEmpty() ? Target.CONTAINER : Target.BLOB;
  }

  /** Names no secret: a parameter may be a signature. */
  @Override
  public String toString() {
    return "/" + account + "/" + container + "/" + blob;
  }

  /** The value of a query parameter, empty where it is absent. */
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  String comp() {
    return parameter("comp");
  }

  void requireValidNames() {
    if (container.isEmpty()) {
      return;
    }
    if (!container.startsWith("$") && (container.length() < 3 || container.length() > 63)) {
      throw StorageError.nameOutOfRange();
    }
    if (!CONTAINER_NAME.matcher(container).matches()) {
      throw StorageError.invalidResourceName();
    }
    if (blob.length() > MAX_BLOB_NAME_LENGTH) {
      throw StorageError.nameOutOfRange();
    }
  }

  private static SortedMap<String, String> parseQuery(String query) {
    TreeMap<String, String> parameters = new TreeMap<>();
    if (!query.isEmpty()) {
      for (String parameter : query.split("&")) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        parameters.put(decode(name).toLowerCase(Locale.ROOT), decode(value));
      }
    }
    return Collections.unmodifiableSortedMap(parameters);
  }

  private static String decode(String encoded) {
    try {
      // A plus sign is itself in a path and in the clients' queries, which write a space as %20.
      return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw StorageError.invalidUri();
    }
  }

  /** Query parameters without those that carry a signature, for messages. */
  Map<String, String> describedQuery() {
    TreeMap<String, String> described = new TreeMap<>(query);
    described.remove("sig");
    return described;
  }
}
