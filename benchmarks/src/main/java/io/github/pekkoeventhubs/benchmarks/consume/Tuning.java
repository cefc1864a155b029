// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

/**
 * The settings that all clients have in common.
 *
 * @param prefetch the credit per partition, in events
 * @param connections the number of connections over which the partitions are spread
 */
record Tuning(int prefetch, int connections) {

  /** As the SDK is when nothing is said. */
  static final Tuning SDK_DEFAULT = new Tuning(500, 1);
}
