// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a {@link ConsumerNode} says on its standard output, each as one line. */
sealed interface NodeReport {

  /** The node is a member of the cluster, at this port of the loopback interface. */
  record Up(int port) implements NodeReport {}

  /** The partitions that the node now owns and receives. */
  record Running(Set<String> partitions) implements NodeReport {}

  /** An event has been processed and is about to be acknowledged. */
  record Processed(String partition, long sequenceNumber) implements NodeReport {}

  /** The stream has failed and will be started again. */
  record StreamFailed(String reason) implements NodeReport {}

  /** The report as a line without its end. */
  default String line() {
    if (this instanceof Up up) {
      return "up " + up.port();
    }
    if (this instanceof Running running) {
      return "running " + String.join(",", running.partitions());
    }
    if (this instanceof Processed processed) {
      return "processed " + processed.partition() + " " + processed.sequenceNumber();
    }
    return "failed " + ((StreamFailed) this).reason().lines().collect(Collectors.joining(" "));
  }

  /**
   * The report of a line.
   *
   * @throws IllegalArgumentException if it is none
   */
  static NodeReport parse(String line) {
    String[] words = line.split(" ", 2);
    String rest = words.length == 2 ? words[1] : "";
    return switch (words[0]) {
      case "up" -> new Up(Integer.parseInt(rest));
      case "running" ->
          new Running(
              Arrays.stream(rest.split(","))
                  .filter(id -> !id.isEmpty())
                  .collect(Collectors.toCollection(TreeSet::new)));
      case "processed" -> {
        int blank = rest.indexOf(' ');
        yield new Processed(rest.substring(0, blank), Long.parseLong(rest.substring(blank + 1)));
      }
      case "failed" -> new StreamFailed(rest);
      default -> throw new IllegalArgumentException("not a report: " + line);
    };
  }
}
