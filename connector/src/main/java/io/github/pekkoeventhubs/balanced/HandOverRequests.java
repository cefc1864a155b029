// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;

/**
 * Writes requests to hand over into the records of neighbours, and takes them back. A write that
 * fails is logged; the next round sees what has become of it.
 *
 * @param ownerId of this process
 */
record HandOverRequests(PartitionStore store, String ownerId, Logger log) {

  void ask(StoredOwnership record) {
    log.info("[{}] asking {} to hand over", record.partition(), record.ownerId());
    ignoringFailure(new OwnershipProtocol(store).requestHandOver(record, ownerId));
  }

  void erase(StoredOwnership record) {
    ignoringFailure(new OwnershipProtocol(store).eraseRequest(record));
  }

  private void ignoringFailure(CompletionStage<?> write) {
    write.whenComplete(
        (written, error) -> {
          if (error != null) {
            log.warn(
                "writing to an ownership record failed: {}",
                StageFailure.inWords(StageFailure.causeOf(error)));
          }
        });
  }
}
