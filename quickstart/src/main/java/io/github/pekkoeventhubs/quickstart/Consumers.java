// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.Map;

/** The consumers of the events: a stream in this process, or several in others. */
interface Consumers extends AutoCloseable {

  /**
   * Returns the partitions as their owners report them, by partition id.
   *
   * @throws IllegalStateException if a consumer has failed
   */
  Map<String, ReportedPartition> partitions();

  /** The short name of an owner. */
  String nameOf(String ownerId);

  /** The loopback ports where the meters are shown, by the names of the processes. */
  Map<String, Integer> metricsPorts();

  /** Ends all streams; returns when they have processed, committed and released everything. */
  void drain();

  @Override
  void close();
}
