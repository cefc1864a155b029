// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds. Outside Linux only the heap and the threads are known, and the others are
 * 0.
 *
 * @param heapBytes the bytes in use after a collection
 * @param residentBytes the memory that the process has of the machine
 * @param threads of the virtual machine that are alive
 * @param openFiles the open file descriptors, sockets among them
 * @param sockets the open sockets
 * @param series the meters of the registry, where the node binds one
 * @param seriesOfOthers those of the series that name no partition which the node runs now: the few
 *     of its stream, and any that a partition has left behind
 */
public record Resources(
    long heapBytes,
    long residentBytes,
    long threads,
    long openFiles,
    long sockets,
    long series,
    long seriesOfOthers) {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path FILES = Path.of("/proc/self/fd");

  /** Those of this process, after a collection. */
  static Resources now(SeriesCount series) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    // Objects that the first collection finds unreachable may be freed by finalizers and cleaners
    // only before the second.
    memory.gc();
    memory.gc();
    List<String> files = openFileTargets();
    return new Resources(
        memory.getHeapMemoryUsage().getUsed(),
        residentNow(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        files.size(),
        files.stream().filter(target -> target.startsWith("socket:")).count(),
        series.all(),
        series.ofOthers());
  }

  private static long residentNow() {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<String> openFileTargets() {
    if (!Files.isDirectory(FILES)) {
      return List.of();
    }
    try (Stream<Path> links = Files.list(FILES)) {
      return links.map(Resources::target).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** One that is closed while it is looked at has none. */
  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** The values as words of a line. */
  String words() {
    return Stream.of(heapBytes, residentBytes, threads, openFiles, sockets, series, seriesOfOthers)
        .map(String::valueOf)
        .reduce((one, next) -> one + " " + next)
        .orElseThrow();
  }

  /** The values of a line's words, from the first one on. */
  static Resources parse(List<String> words) {
    List<Long> values = words.stream().map(Long::valueOf).toList();
    return new Resources(
        values.get(0),
        values.get(1),
        values.get(2),
        values.get(3),
        values.get(4),
        values.get(5),
        values.get(6));
  }
}
