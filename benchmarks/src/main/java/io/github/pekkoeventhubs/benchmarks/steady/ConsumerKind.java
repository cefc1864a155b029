// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

/** The kind of consumer that reads, each with its own defaults. */
enum ConsumerKind {
  /** The SDK's Flux of each partition, without checkpoints. */
  RAW,
  /** The official processor with a handler for single events, and a checkpoint every 5 s. */
  PROCESSOR,
  /** The connector with balanced partitions, which stores checkpoints every 5 s by default. */
  CONNECTOR
}
