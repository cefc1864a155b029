// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A command that a {@link NodeHost} reads from its standard input, each as one line. */
sealed interface NodeCommand {

  /**
   * Start a node.
   *
   * @param name under which its writes are known in the Blob service's log
   * @param configuration the name of a resource, or several with a plus between them of which later
   *     ones override earlier ones
   * @param eventHubs a connection string
   * @param blobs a connection string
   * @param ports of the nodes to join; none to form a cluster
   */
  record Start(
      String name, String configuration, String eventHubs, String blobs, List<Integer> ports)
      implements NodeCommand {}

  /** Leave the cluster and end, gracefully. */
  record Leave() implements NodeCommand {}

  /** Stop the stream, gracefully, and stay in the cluster. */
  record StopStream() implements NodeCommand {}

  /** Start the stream after it was stopped. */
  record StartStream() implements NodeCommand {}

  /** Let no message pass between the node and those at these ports. */
  record CutOff(List<Integer> ports) implements NodeCommand {}

  /** Let messages pass again. */
  record Reconnect(List<Integer> ports) implements NodeCommand {}

  /** Declare the members at these ports down, as an operator would. */
  record Down(List<Integer> ports) implements NodeCommand {}

  /** Report what is held in memory, and what was sent. */
  record Measure() implements NodeCommand {}

  /** The command as a line without its end. */
  default String line() {
    if (this instanceof Start start) {
      return String.join(
          " ",
          "start",
          start.name(),
          start.configuration(),
          start.eventHubs(),
          start.blobs(),
          text(start.ports()));
    }
    if (this instanceof CutOff cutOff) {
      return "cut-off " + text(cutOff.ports());
    }
    if (this instanceof Reconnect reconnect) {
      return "reconnect " + text(reconnect.ports());
    }
    if (this instanceof Down down) {
      return "down " + text(down.ports());
    }
    if (this instanceof Measure) {
      return "measure";
    }
    if (this instanceof StopStream) {
      return "stop-stream";
    }
    return this instanceof StartStream ? "start-stream" : "leave";
  }

  /**
   * The command of a line.
   *
   * @throws IllegalArgumentException if it is none
   */
  static NodeCommand parse(String line) {
    String[] words = line.split(" ", -1);
    return switch (words[0]) {
      case "start" -> new Start(words[1], words[2], words[3], words[4], ports(words[5]));
      case "measure" -> new Measure();
      case "leave" -> new Leave();
      case "stop-stream" -> new StopStream();
      case "start-stream" -> new StartStream();
      case "cut-off" -> new CutOff(ports(words[1]));
      case "reconnect" -> new Reconnect(ports(words[1]));
      case "down" -> new Down(ports(words[1]));
      default -> throw new IllegalArgumentException("not a command: " + line);
    };
  }

  private static String text(Collection<Integer> ports) {
    return ports.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static List<Integer> ports(String text) {
    return Arrays.stream(text.split(",", -1))
        .filter(port -> !port.isEmpty())
        .map(Integer::valueOf)
        .toList();
  }
}
