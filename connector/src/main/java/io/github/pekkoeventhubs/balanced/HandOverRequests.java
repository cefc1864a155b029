// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import java.util.concurrent.CompletionStage;

/**
 * Writes requests to hand over into the records of neighbours, and takes them back. A write that
 * fails is logged; the next round sees what has become of it.
 *
 * @param ownerId of this process
 */
record HandOverRequests(PartitionStore store, String ownerId, KeyedLog log) {

  void ask(StoredOwnership record) {
    log.info(
        LogKeys.of(record.partition()),
        "[{}] asking {} to hand over",
        record.partition(),
        record.ownerId());
    ignoringFailure(record, new OwnershipProtocol(store).requestHandOver(record, ownerId));
  }

  void erase(StoredOwnership record) {
    ignoringFailure(record, new OwnershipProtocol(store).eraseRequest(record));
  }

  private void ignoringFailure(StoredOwnership record, CompletionStage<?> write) {
    write.whenComplete(
        (written, error) -> {
          if (error != null) {
            log.warn(
                LogKeys.of(record.partition()),
                "writing to an ownership record failed: {}",
                StageFailure.inWords(StageFailure.causeOf(error)));
          }
        });
  }
}
