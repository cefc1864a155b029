// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.blob;

/**
 * A request as it came from the socket, with its body read in full.
 *
 * @param path raw, as signed by the client
 * @param query raw, empty where there is none
 * @param keepAlive whether the client wants to use the connection again
 */
record HttpRequest(
    String method,
    String path,
    String query,
    HttpHeaders headers,
    HttpBody body,
    boolean keepAlive) {

  /** The bytes of a body. */
  record HttpBody(byte[] bytes) {
    static final HttpBody EMPTY = new HttpBody(new byte[0]);
  }
}
