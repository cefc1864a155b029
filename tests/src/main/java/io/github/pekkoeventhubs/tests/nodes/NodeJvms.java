// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Processes to run nodes in. One in which a node has ended is used again, since most of what it
 * costs to start a node is the start of its process.
 */
public final class NodeJvms implements AutoCloseable {

  private static final List<String> SMALL = List.of("-Xmx192m");

  private final Path logs;
  private final List<String> arguments;
  private final List<NodeJvm> started = new ArrayList<>();
  private final Deque<NodeJvm> free = new ArrayDeque<>();

  /** Keeps the logs of the processes in a folder of the build's directory. */
  public NodeJvms(String folder) {
    this(Path.of("target", "node-logs", folder));
  }

  /** Keeps the logs of the processes in this folder. */
  public NodeJvms(Path logs) {
    this(logs, SMALL);
  }

  /** With these arguments of the virtual machines, such as the size of the heap. */
  public NodeJvms(Path logs, List<String> arguments) {
    this.logs = logs;
    this.arguments = List.copyOf(arguments);
  }

  /** The folder of what the processes have logged. */
  public Path logs() {
    return logs;
  }

  /** Starts processes ahead, so that there are at least so many in which no node runs. */
  public synchronized void prepare(int count) {
    free.removeIf(jvm -> !jvm.isAlive());
    while (free.size() < count) {
      free.addLast(start(WallClock.OF_THE_MACHINE));
    }
  }

  /** A process with this clock in which no node runs. */
  synchronized NodeJvm take(WallClock clock) {
    free.removeIf(jvm -> !jvm.isAlive());
    NodeJvm jvm =
        free.stream()
            .filter(candidate -> candidate.clock().equals(clock))
            .findFirst()
            .orElseGet(() -> start(clock));
    free.remove(jvm);
    return jvm;
  }

  private NodeJvm start(WallClock clock) {
    String name = "jvm-" + (started.size() + 1);
    NodeJvm jvm = new NodeJvm(name, logs.resolve(name + ".log"), arguments, clock);
    started.add(jvm);
    return jvm;
  }

  /** Gives back a process whose node has ended. */
  synchronized void giveBack(NodeJvm jvm) {
    free.addFirst(jvm);
  }

  @Override
  public synchronized void close() {
    started.forEach(NodeJvm::close);
  }
}
