// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.Map;

/** Those who process the events: a stream in this process, or several in others. */
interface Consumers extends AutoCloseable {

  /**
   * What the owners of partitions say about them, by partition.
   *
   * @throws IllegalStateException if a consumer has failed
   */
  Map<String, OwnedPartition> partitions();

  /** The short name of an owner. */
  String nameOf(String ownerId);

  /** Ends all streams; returns when they have processed, committed and released everything. */
  void drain();

  @Override
  void close();
}
