// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.start;

/** The kind of consumer that starts. */
enum StartKind {
  /** The official processor. */
  PROCESSOR,
  /** The connector, with partitions placed by claims alone. */
  BALANCED,
  /** The connector, with partitions placed by the sharding of a cluster of one node. */
  SHARDED
}
