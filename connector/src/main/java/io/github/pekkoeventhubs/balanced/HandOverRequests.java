// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import io.github.pekkoeventhubs.store.RepeatedWrite;
import io.github.pekkoeventhubs.store.WriteRetry;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * Writes requests to hand over into the records of neighbours, and takes them back. A write that
 * fails is logged; the next round sees what has become of it. After the last round requests are
 * taken back by repeated attempts. For the thread of the group's actor alone.
 */
final class HandOverRequests {

  /** A process that ends waits no longer for its requests to be taken back. */
  private static final Duration LONGEST_END = Duration.ofSeconds(2);

  private final String ownerId;
  private final KeyedLog log;

  /** The last request for each partition since a stream began to be served. */
  private final Map<EventHubPartition, CompletableFuture<Done>> asked = new HashMap<>();

  /**
   * @param ownerId of this process
   */
  HandOverRequests(String ownerId, KeyedLog log) {
    this.ownerId = ownerId;
    this.log = log;
  }

  void ask(ConsumerSettings settings, StoredOwnership record) {
    log.info(
        LogKeys.of(record.partition()),
        "[{}] asking {} to hand over",
        record.partition(),
        record.ownerId());
    asked.put(
        record.partition(),
        loggingFailure(record.partition(), protocol(settings).requestHandOver(record, ownerId)));
  }

  void erase(ConsumerSettings settings, StoredOwnership record) {
    loggingFailure(record.partition(), protocol(settings).eraseRequest(record));
  }

  /**
   * Takes back whatever this process has asked for and not got, since it reads no more. Otherwise
   * the others would keep these partitions free for it, and count it as one of those who share.
   *
   * @return completes when that is done, or has taken too long; never fails
   */
  CompletionStage<Done> eraseAll(ConsumerSettings settings) {
    OwnershipProtocol protocol = protocol(settings);
    CompletableFuture<?>[] erased =
        asked.entrySet().stream()
            .map(
                request ->
                    loggingFailure(
                        request.getKey(),
                        request
                            .getValue()
                            .thenCompose(written -> erase(protocol, request.getKey()))))
            .toArray(CompletableFuture<?>[]::new);
    asked.clear();
    return TimeLimits.completing(
        CompletableFuture.allOf(erased).thenApply(all -> Done.getInstance()),
        Done.getInstance(),
        LONGEST_END);
  }

  private static OwnershipProtocol protocol(ConsumerSettings settings) {
    return new OwnershipProtocol(settings.partitionStore().orElseThrow());
  }

  /** Nobody else takes a request back, so that it is tried as long as somebody waits for it. */
  private CompletionStage<Done> erase(OwnershipProtocol protocol, EventHubPartition partition) {
    return new RepeatedWrite(WriteRetry.during(LONGEST_END))
        .begin(
            () -> protocol.lookUp(partition).thenCompose(record -> erased(protocol, record)),
            RepeatedWrite.UNOBSERVED);
  }

  private CompletionStage<Done> erased(
      OwnershipProtocol protocol, Optional<StoredOwnership> record) {
    return record
        .filter(current -> current.handOverRequester().equals(Optional.of(ownerId)))
        .map(current -> protocol.eraseRequest(current).thenApply(written -> Done.getInstance()))
        .orElse(CompletableFuture.completedFuture(Done.getInstance()));
  }

  /** Completes when the write is answered, one way or the other. */
  private CompletableFuture<Done> loggingFailure(
      EventHubPartition partition, CompletionStage<?> write) {
    return write
        .<Done>handle(
            (written, error) -> {
              if (error != null) {
                log.warn(
                    LogKeys.of(partition),
                    "writing to an ownership record failed: {}",
                    StageFailure.inWords(StageFailure.causeOf(error)));
              }
              return Done.getInstance();
            })
        .toCompletableFuture();
  }
}
