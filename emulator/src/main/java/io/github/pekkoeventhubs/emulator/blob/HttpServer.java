// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import io.github.pekkoeventhubs.emulator.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server on the loopback interface with one daemon thread per connection.
 *
 * <p>It is our own because the server of the JDK rewrites the case of header names, and the Java
 * client then finds no metadata in a reply.
 */
final class HttpServer implements AutoCloseable {

  private static final int BACKLOG = 256;

  /** After a connection could not be accepted. */
  static final Duration ACCEPT_PAUSE = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final long CLOSE_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final ServerSocket listener;
  private final HttpHandler handler;
  private final Thread acceptor;
  private final Map<HttpConnection, Thread> connections = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean closed;

  /**
   * Listens at once, but accepts from {@link #start()} on.
   *
   * @throws UncheckedIOException if the port is taken
   */
  HttpServer(int port, HttpHandler handler) {
    this(bind(port), handler);
  }

  HttpServer(ServerSocket listener, HttpHandler handler) {
    this.listener = listener;
    this.handler = handler;
    acceptor = daemon(this::accept, "blob-emulator-" + port());
  }

  private static ServerSocket bind(int port) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return listener;
    } catch (IOException taken) {
      throw new UncheckedIOException(
          "The embedded Blob service cannot listen on port "
              + port
              + " ("
              + FileTrouble.reason(taken)
              + "): choose another, or 0 for any that is free",
          taken);
    }
  }

  void start() {
    acceptor.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!closed) {
      try {
        serve(listener.accept());
      } catch (IOException failed) {
        if (listener.isClosed()) {
          return;
        }
        LOG.warn("A connection to the embedded Blob service could not be accepted", failed);
        pause();
      }
    }
  }

  /**
   * Waits before the next attempt to accept: the cause, such as too many open files, may last for a
   * while.
   */
  private void pause() {
    try {
      closing.await(ACCEPT_PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket socket) {
    HttpConnection connection = new HttpConnection(socket, handler);
    Thread thread =
        daemon(
            () -> {
              try {
                connection.serve();
              } finally {
                connections.remove(connection);
              }
            },
            "blob-emulator-" + port() + "-" + socket.getPort());
    connections.put(connection, thread);
    thread.start();
    if (closed) {
      connection.close();
    }
  }

  private static Thread daemon(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Closes all sockets, interrupts requests in progress and waits for the threads to end. */
  @Override
  public void close() {
    closed = true;
    closing.countDown();
    try {
      listener.close();
    } catch (IOException alreadyClosed) {
      // It is closed either way.
    }
    join(acceptor);
    connections.forEach(
        (connection, thread) -> {
          thread.interrupt();
          connection.close();
        });
    connections.values().forEach(HttpServer::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join(CLOSE_TIMEOUT_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
