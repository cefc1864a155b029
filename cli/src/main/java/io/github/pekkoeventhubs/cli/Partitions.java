// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** The order of partitions in all output. */
final class Partitions {

  /** Numbers in their order. */
  static final Comparator<String> ORDER =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private Partitions() {}

  static <T> Map<String, T> sorted(Map<String, T> partitions) {
    Map<String, T> sorted = new TreeMap<>(ORDER);
    sorted.putAll(partitions);
    return sorted;
  }
}
