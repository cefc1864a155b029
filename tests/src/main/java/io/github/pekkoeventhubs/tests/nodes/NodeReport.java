// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report that a node writes to the standard output of its process, each as one line. */
sealed interface NodeReport {

  /**
   * The node is up: a member of the cluster at this port of the loopback interface, or without a
   * cluster, for which the port is 0.
   */
  record Up(int port) implements NodeReport {}

  /** The ports of the members that the node cannot reach now. */
  record Unreachable(Set<Integer> ports) implements NodeReport {}

  /** The partitions that the node now owns and receives. */
  record Running(Set<String> partitions) implements NodeReport {}

  /**
   * An event has been processed and is about to be acknowledged.
   *
   * @param at by the clock of the process, in microseconds
   */
  record Processed(String partition, long sequenceNumber, Instant at) implements NodeReport {}

  /**
   * The measurement that was asked for.
   *
   * @param messages the messages sent to other nodes so far, where they are counted
   */
  record Measured(Resources resources, long messages) implements NodeReport {}

  /** An access token for the partition store has been fetched. */
  record TokenFetched() implements NodeReport {}

  /** The stream has completed without a failure. */
  record StreamCompleted() implements NodeReport {}

  /** The stream has failed. It is started again unless the node shuts down. */
  record StreamFailed(String reason) implements NodeReport {}

  /** The node has ended; its process can run another. */
  record Ended() implements NodeReport {}

  /** The report as a line without its end. */
  default String line() {
    if (this instanceof Up up) {
      return "up " + up.port();
    }
    if (this instanceof Unreachable unreachable) {
      return "unreachable "
          + unreachable.ports().stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    if (this instanceof Running running) {
      return "running " + String.join(",", running.partitions());
    }
    if (this instanceof Processed processed) {
      return "processed "
          + processed.partition()
          + " "
          + processed.sequenceNumber()
          + " "
          + ChronoUnit.MICROS.between(Instant.EPOCH, processed.at());
    }
    if (this instanceof Measured measured) {
      return "measured " + measured.messages() + " " + measured.resources().words();
    }
    if (this instanceof TokenFetched) {
      return "token";
    }
    if (this instanceof StreamCompleted) {
      return "completed";
    }
    if (this instanceof StreamFailed failed) {
      return "failed " + failed.reason().lines().collect(Collectors.joining(" "));
    }
    return "ended";
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
      case "unreachable" ->
          new Unreachable(
              list(rest).map(Integer::valueOf).collect(Collectors.toCollection(TreeSet::new)));
      case "running" -> new Running(list(rest).collect(Collectors.toCollection(TreeSet::new)));
      case "processed" -> {
        String[] values = rest.split(" ", -1);
        yield new Processed(
            values[0],
            Long.parseLong(values[1]),
            Instant.EPOCH.plus(Long.parseLong(values[2]), ChronoUnit.MICROS));
      }
      case "measured" -> {
        List<String> values = List.of(rest.split(" ", -1));
        yield new Measured(
            Resources.parse(values.subList(1, values.size())), Long.parseLong(values.get(0)));
      }
      case "token" -> new TokenFetched();
      case "completed" -> new StreamCompleted();
      case "failed" -> new StreamFailed(rest);
      case "ended" -> new Ended();
      default -> throw new IllegalArgumentException("not a report: " + line);
    };
  }

  private static Stream<String> list(String text) {
    return Arrays.stream(text.split(",", -1)).filter(item -> !item.isEmpty());
  }
}
