// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A {@link LeaseNode} as its parent sees it; killed when it is closed. */
final class LeaseNodeProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final JavaProcess process;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  private LeaseNodeProcess(JavaProcess process) {
    this.process = process;
    process.readReports(lines::add, () -> {});
  }

  /** Starts one; it has said its address when this returns. */
  static LeaseNodeProcess start(Map<String, String> configuration, String... arguments) {
    LeaseNodeProcess node =
        new LeaseNodeProcess(
            JavaProcess.of(LeaseNode.class)
                .withOptions("-Xmx128m", "-XX:TieredStopAtLevel=1")
                .withOptions(
                    configuration.entrySet().stream()
                        .map(entry -> "-D" + entry.getKey() + "=" + entry.getValue())
                        .toList())
                .withArguments(arguments)
                .withErrorsAsReports()
                .start("lease-node"));
    await().atMost(PATIENCE).until(() -> node.last("ADDRESS ") != null);
    return node;
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
    process.kill();
  }

  /** Returns its output, for a failure's message. */
  String output() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    kill();
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
