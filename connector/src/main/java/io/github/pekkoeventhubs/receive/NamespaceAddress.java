// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.failure.Causes;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host and port at which a namespace is reached. The SDK tells of a namespace that it cannot
 * reach only that no answer has come, and keeps the reason to its own log. So this class opens a
 * connection of its own to learn the reason, after a question has failed.
 *
 * @param isTheOnlyWay whether the client is known to use neither web sockets nor a proxy
 */
record NamespaceAddress(String host, int port, boolean isTheOnlyWay) {

  private static final int AMQP_OVER_TLS = 5671;
  private static final int AMQP_OF_AN_EMULATOR = 5672;
  private static final Pattern PORT = Pattern.compile("(?i)endpoint=\\w+://[^:;/]+:(\\d{1,5})");
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The address by the connection string, or by the namespace if there is none. */
  static NamespaceAddress of(String namespace, String connectionString) {
    boolean emulator =
        connectionString.toLowerCase(Locale.ROOT).contains("usedevelopmentemulator=true");
    if (!emulator) {
      return new NamespaceAddress(namespace, AMQP_OVER_TLS, true);
    }
    Matcher port = PORT.matcher(connectionString);
    return new NamespaceAddress(
        namespace, port.find() ? Integer.parseInt(port.group(1)) : AMQP_OF_AN_EMULATOR, true);
  }

  /** The same for a client that the application has customized, and that may take another way. */
  NamespaceAddress orAnother() {
    return new NamespaceAddress(host, port, false);
  }

  /**
   * Why no answer has come, in words that name host and port. Ends within a few seconds and does
   * not fail.
   */
  CompletionStage<String> whyNoAnswer() {
    CompletableFuture<String> words = new CompletableFuture<>();
    OwnThreads.pool().execute(() -> words.complete(connect() + doubt()));
    // A name server that does not answer holds the thread for longer.
    OwnThreads.later(
        PATIENCE.multipliedBy(2),
        () ->
            words.complete(
                "no connection to " + this + ": its name is not resolved in time" + doubt()));
    return words;
  }

  private String doubt() {
    return isTheOnlyWay
        ? ""
        : ". The client is customized: if it uses web sockets or a proxy, this connection says"
            + " nothing about them";
  }

  private String connect() {
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new UnknownHostException("unknown host");
      }
      socket.connect(address, Math.toIntExact(PATIENCE.toMillis()));
      return this + " accepts connections, but has not answered";
    } catch (IOException | RuntimeException e) {
      return "no connection to " + this + ": " + Causes.messageOf(e);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
