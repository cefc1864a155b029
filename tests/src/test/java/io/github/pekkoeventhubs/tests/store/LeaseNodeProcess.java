// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A {@link LeaseNode} as its parent sees it; killed when it is closed. */
final class LeaseNodeProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  private LeaseNodeProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "lease-node-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts one; it has said its address when this returns. */
  static LeaseNodeProcess start(Map<String, String> configuration, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.add("-Xmx128m");
    command.add("-XX:TieredStopAtLevel=1");
    configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("-cp");
    // Surefire starts this JVM with a jar that only refers to the class path.
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(LeaseNode.class.getName());
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      LeaseNodeProcess node = new LeaseNodeProcess(process);
      await().atMost(PATIENCE).until(() -> node.last("ADDRESS ") != null);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return Objects.requireNonNull(last("ADDRESS "));
  }

  int port() {
    return Integer.parseInt(address().substring(address().lastIndexOf(':') + 1));
  }

  void awaitMembers(int members) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(last("MEMBERS "))
                    .as(() -> "members, of which the node says:\n" + output())
                    .isEqualTo(Integer.toString(members)));
  }

  void awaitExit() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(process.isAlive())
                    .as(() -> "alive is the node, which says:\n" + output())
                    .isFalse());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As by SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** What it has said, for a failure's message. */
  String output() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    kill();
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("the output has ended: " + e);
    }
  }

  private @Nullable String last(String prefix) {
    String found = null;
    for (String line : lines) {
      if (line.startsWith(prefix)) {
        found = line.substring(prefix.length());
      }
    }
    return found;
  }
}
