// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves the requests of one client connection, in order, on its own thread. */
final class HttpConnection {

  /** Longer than the clients keep an idle connection, so that it is they who close it. */
  private static final int IDLE_TIMEOUT_MILLIS = 30 * 60 * 1000;

  /** Into how many pieces a slow reply is cut. */
  private static final int SLOW_PIECES = 20;

  private final Socket socket;
  private final HttpHandler handler;

  HttpConnection(Socket socket, HttpHandler handler) {
    this.socket = socket;
    this.handler = handler;
  }

  void serve() {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(IDLE_TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      HttpRequestReader reader =
          new HttpRequestReader(new BufferedInputStream(socket.getInputStream()), out);
      while (serveNext(reader, out)) {
        // Each call serves one request.
      }
    } catch (IOException gone) {
      // The client has left during its request, or the server is being closed: nobody can get a
      // reply.
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean serveNext(HttpRequestReader reader, OutputStream out)
      throws IOException, InterruptedException {
    @Nullable HttpRequest request;
    try {
      request = reader.next();
    } catch (MalformedRequestException malformed) {
      send(out, handler.refuse(malformed), true, false);
      endAfterRefusal();
      return false;
    }
    if (request == null) {
      return false;
    }
    HttpResponse response = handler.handle(request);
    if (response == null) {
      return false;
    }
    if (response.isReset()) {
      // Closing discards what is under way and tells the client so.
      socket.setSoLinger(true, 0);
      return false;
    }
    send(out, response, !request.method().equals("HEAD"), request.keepAlive());
    return request.keepAlive();
  }

  /**
   * Closing a socket with unread bytes resets it, which can take the reply away from the client. So
   * the rest of what the client is sending is read first, for a moment.
   */
  private void endAfterRefusal() throws IOException {
    socket.shutdownOutput();
    socket.setSoTimeout(200);
    byte[] discarded = new byte[8192];
    for (int i = 0; i < 128 && socket.getInputStream().read(discarded) >= 0; i++) {
      // Discarded.
    }
  }

  private static void send(
      OutputStream out, HttpResponse response, boolean withBody, boolean keepAlive)
      throws IOException, InterruptedException {
    byte[] head = response.head(keepAlive);
    byte[] body = withBody && response.status() != 304 ? response.body() : new byte[0];
    byte[] bytes = new byte[head.length + body.length];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(body, 0, bytes, head.length, body.length);
    if (response.sendOver().isZero()) {
      out.write(bytes);
      return;
    }
    long pauseNanos = response.sendOver().toNanos() / SLOW_PIECES;
    int piece = bytes.length / SLOW_PIECES + 1;
    for (int from = 0; from < bytes.length; from += piece) {
      TimeUnit.NANOSECONDS.sleep(pauseNanos);
      out.write(bytes, from, Math.min(piece, bytes.length - from));
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      // It is closed either way.
    }
  }
}
