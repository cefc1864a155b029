// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.page.EventHubsPage;
import io.github.pekkoeventhubs.page.LocalNames;
import io.github.pekkoeventhubs.page.PageAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves the page over HTTP until it is closed. */
final class PageServer implements AutoCloseable {

  private static final int THREADS = 8;

  static {
    // A client that does not finish its request gives its thread back after so many seconds.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final EventHubsPage page;
  private final InetAddress address;
  private final LocalNames localNames;

  private PageServer(HttpServer server, InetAddress address, EventHubsPage page) {
    this.server = server;
    this.address = address;
    this.localNames = new LocalNames(address.getHostAddress());
    this.page = page;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "eventhubs-page");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Listens.
   *
   * @param port 0 for any that is free
   * @throws IllegalStateException if it cannot, with the port and what to do
   */
  static PageServer start(InetAddress address, int port, EventHubsPage page) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(address, port), 0);
    } catch (IOException e) {
      throw new IllegalStateException(
          "the page cannot be served on port "
              + port
              + " of "
              + address.getHostAddress()
              + " ("
              + StageFailure.messageOf(e)
              + "): choose another by --port, or 0 for any that is free",
          e);
    }
    PageServer started = new PageServer(server, address, page);
    server.setExecutor(started.threads);
    server.createContext("/", started::serve);
    server.start();
    return started;
  }

  boolean isForThisMachineOnly() {
    return address.isLoopbackAddress();
  }

  String location() {
    String host = address.getHostAddress();
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + server.getAddress().getPort()
        + "/";
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      PageAnswer answer = answer(exchange);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(answer.status(), -1);
      } else {
        exchange.sendResponseHeaders(answer.status(), body.length);
        // To close the exchange alone would not send what is left.
        try (OutputStream content = exchange.getResponseBody()) {
          content.write(body);
        }
      }
    }
  }

  private PageAnswer answer(HttpExchange exchange) {
    if (isForThisMachineOnly()
        && !localNames.include(exchange.getRequestHeaders().getFirst("Host"))) {
      return LocalNames.refusal(location());
    }
    URI request = exchange.getRequestURI();
    return page.answer(exchange.getRequestMethod(), request.getPath(), request.getRawQuery());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
