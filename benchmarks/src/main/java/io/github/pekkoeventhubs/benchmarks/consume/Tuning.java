// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

/**
 * What can be set alike in all clients.
 *
 * @param prefetch credit per partition
 * @param connections over which the partitions are spread
 */
record Tuning(int prefetch, int connections) {

  /** As the SDK is when nothing is said. */
  static final Tuning SDK_DEFAULT = new Tuning(500, 1);
}
