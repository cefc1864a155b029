// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server written in JavaScript that runs in its own process until it is closed. */
public final class NodeServer implements AutoCloseable {
  private final Process process;
  private final Thread shutdownHook;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<MatchResult> ready = new CompletableFuture<>();

  private NodeServer(Process process) {
    this.process = process;
    this.shutdownHook = new Thread(process::destroyForcibly, "node-server-kill");
    Runtime.getRuntime().addShutdownHook(shutdownHook);
  }

  static NodeServer start(ProcessBuilder builder, Pattern readyLine, Duration timeout)
      throws IOException {
    NodeServer server = new NodeServer(builder.start());
    Thread reader = new Thread(() -> server.read(readyLine), "node-server-output");
    reader.setDaemon(true);
    reader.start();
    try {
      server.ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return server;
    } catch (ExecutionException | TimeoutException e) {
      server.close();
      throw new IllegalStateException(
          builder.command() + " did not get ready within " + timeout + ":\n" + server.output(), e);
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + builder.command(), e);
    }
  }

  /** The match of the ready pattern in the line that announced readiness. */
  public MatchResult ready() {
    return ready.join();
  }

  /** Everything the server has written so far, standard error included. */
  public String output() {
    return String.join("\n", lines);
  }

  /** Closes the standard input of the process, for one that ends then. */
  public void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the process and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // The JVM is ending and runs the hook itself.
      return;
    }
  }

  private void read(Pattern readyLine) {
    try (BufferedReader reader = process.inputReader(UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        Matcher matcher = readyLine.matcher(line);
        if (matcher.find()) {
          ready.complete(matcher.toMatchResult());
        }
      }
    } catch (IOException e) {
      ready.completeExceptionally(new UncheckedIOException(e));
    }
    ready.completeExceptionally(new IllegalStateException("The process has ended"));
  }
}
