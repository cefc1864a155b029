// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

/** A request as it came from the socket, with its body read in full. */
final class HttpRequest {

  private final String method;
  private final String path;
  private final String query;
  private final HttpHeaders headers;
  private final byte[] body;
  private final boolean keepAlive;

  HttpRequest(
      String method,
      String path,
      String query,
      HttpHeaders headers,
      byte[] body,
      boolean keepAlive) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.keepAlive = keepAlive;
  }

  String method() {
    return method;
  }

  /** Raw, as the client signed it. */
  String path() {
    return path;
  }

  /** Raw; empty where there is none. */
  String query() {
    return query;
  }

  HttpHeaders headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  /** Whether the client wants to use the connection again. */
  boolean keepAlive() {
    return keepAlive;
  }
}
