// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * The input of a committer: the offset of one event, or a batch of them. Operators that accept
 * committables are generic in {@code C extends Committable}, since Java generics are invariant.
 *
 * <p>Immutable, and safe for all threads. Nothing here fails: the committer reports the outcome of
 * a commit.
 */
public sealed interface Committable permits CommittableOffset, CommittableOffsetBatch {

  /** The number of events whose processing this stands for. */
  long batchSize();
}
