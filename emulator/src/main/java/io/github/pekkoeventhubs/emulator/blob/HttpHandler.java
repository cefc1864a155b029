// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import org.jspecify.annotations.Nullable;

/**
 * The service above the HTTP layer, which answers its requests. Called by one thread per
 * connection.
 */
interface HttpHandler {

  /**
   * Answers a request; may block.
   *
   * @return the reply, or null to close the connection without one
   * @throws InterruptedException when the server is being closed
   */
  @Nullable HttpResponse handle(HttpRequest request) throws InterruptedException;

  /** The reply to bytes that are no request; the connection closes after it. */
  HttpResponse refuse(MalformedRequestException malformed);
}
