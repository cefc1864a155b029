// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommittableOffsetBatch;

/** The batches that nobody has asked for yet, merged into one. Used by one thread at a time. */
final class MergedOutput {

  private CommittableOffsetBatch waiting = CommittableOffsetBatch.empty();

  void add(CommittableOffsetBatch batch) {
    waiting = waiting.isEmpty() ? batch : waiting.updated(batch);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  CommittableOffsetBatch take() {
    CommittableOffsetBatch taken = waiting;
    waiting = CommittableOffsetBatch.empty();
    return taken;
  }
}
