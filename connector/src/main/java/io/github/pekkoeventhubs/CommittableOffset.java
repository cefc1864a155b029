// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.tracing.EventTrace;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The position of one event, to be passed on to a {@code Committer} when the event has been
 * processed. Safe for all threads. Its event never changes; the offset of a split event counts the
 * parts that are still open. Only arguments that are out of bounds are refused, with an {@link
 * IllegalArgumentException}; the committer reports the outcome of a commit.
 *
 * <p>Offsets are opaque strings: they are only ever handed back to the service. Positions of a
 * partition are compared by sequence number.
 */
public final class CommittableOffset implements Committable, TrackedEvent {

  private final PartitionEpoch epoch;
  private final long sequenceNumber;
  private final @Nullable String offset;
  private final Map<String, String> metadata;
  private final @Nullable AtomicInteger openParts;
  private final @Nullable EventTrace trace;

  /** For the connector's sources and the testkit. */
  @InternalApi
  public CommittableOffset(PartitionEpoch epoch, long sequenceNumber, @Nullable String offset) {
    this(epoch, sequenceNumber, offset, null);
  }

  /** For the connector's sources: an event that is traced, if the trace is there. */
  @InternalApi
  public CommittableOffset(
      PartitionEpoch epoch,
      long sequenceNumber,
      @Nullable String offset,
      @Nullable EventTrace trace) {
    this(epoch, sequenceNumber, offset, Map.of(), null, trace);
  }

  private CommittableOffset(
      PartitionEpoch epoch,
      long sequenceNumber,
      @Nullable String offset,
      Map<String, String> metadata,
      @Nullable AtomicInteger openParts,
      @Nullable EventTrace trace) {
    this.epoch = Objects.requireNonNull(epoch, "epoch");
    this.sequenceNumber = sequenceNumber;
    this.offset = offset;
    this.metadata = metadata;
    this.openParts = openParts;
    this.trace = trace;
  }

  /** The partition the event came from. */
  public EventHubPartition partition() {
    return epoch.partition();
  }

  /** The event's sequence number, which grows by one with each event of a partition. */
  @Override
  public long sequenceNumber() {
    return sequenceNumber;
  }

  /**
   * The event's offset as the service gave it: an opaque string, never to be parsed or compared.
   */
  @Override
  public String offset() {
    return offset == null ? "" : offset;
  }

  /**
   * The number of the epoch of ownership in which the event was received, as {@link
   * CommittableEvent#fencingToken()} describes it. For streams whose context is the offset.
   *
   * @throws IllegalStateException if there is none
   */
  public long fencingToken() {
    return epoch
        .fencingToken()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "events of "
                        + partition()
                        + " have no fencing token: read the partition with"
                        + " Subscriptions.clusterSharded() or balanced(), which claim it, and on a"
                        + " store that fences, such as BlobPartitionStore"));
  }

  /** The entries that are stored beside the checkpoint if this offset is the one that is stored. */
  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public long batchSize() {
    return 1;
  }

  /**
   * For one event that becomes several elements: the event counts as acknowledged when {@code
   * parts} of the returned offset's acknowledgements have arrived. Pass the one returned offset
   * along with each of the elements.
   *
   * @throws IllegalArgumentException if {@code parts} is not positive
   */
  public CommittableOffset split(int parts) {
    if (parts < 1) {
      throw new IllegalArgumentException(
          "parts must be at least 1, not " + parts + "; use skip() for an event without outputs");
    }
    if (openParts != null) {
      openParts.addAndGet(parts - 1);
      return this;
    }
    return parts == 1
        ? this
        : new CommittableOffset(
            epoch, sequenceNumber, offset, metadata, new AtomicInteger(parts), trace);
  }

  /**
   * Stores these entries beside the checkpoint. Keys are names of letters, digits and underscores
   * that start with no digit, and none of the checkpoint's own; values are printable ASCII; keys
   * and values together take at most 6 KiB, since a blob's metadata are limited to 8 KiB.
   *
   * @throws IllegalArgumentException if an entry breaks one of these rules; the message names it
   */
  public CommittableOffset withMetadata(Map<String, String> entries) {
    return new CommittableOffset(
        epoch, sequenceNumber, offset, CommitMetadata.validated(entries), openParts, trace);
  }

  /** The trace of the event; null if it is not traced. */
  @InternalApi
  public @Nullable EventTrace trace() {
    return trace;
  }

  /** The epoch of ownership in which the event was received. */
  @InternalApi
  public PartitionEpoch epoch() {
    return epoch;
  }

  /**
   * Whether each acknowledgement is for one event only, so that it does not include earlier ones.
   */
  @InternalApi
  public boolean countsAlone() {
    return openParts != null || epoch.acknowledgement() == Acknowledgement.UNORDERED;
  }

  /** Whether several acknowledgements are needed, one for each part. */
  @InternalApi
  public boolean isSplit() {
    return openParts != null;
  }

  /** Whether the next acknowledgement completes the event: that of the last part that is open. */
  @InternalApi
  public boolean completesEvent() {
    return openParts == null || openParts.get() <= 1;
  }

  /** Hands the acknowledgement to the epoch, for a split offset when its last part has arrived. */
  @InternalApi
  public void acknowledge() {
    if (openParts == null || openParts.decrementAndGet() == 0) {
      epoch.acknowledge(this);
    }
  }

  /**
   * Says that the event of this offset needs no processing, as {@link CommittableEvent#skip} does,
   * for streams that carry offsets as their context. Where the offset is split, this finishes one
   * part, which must not be passed on to the committer then.
   *
   * @return this offset
   */
  public CommittableOffset skip() {
    if (openParts == null || openParts.decrementAndGet() == 0) {
      epoch.skipped(this);
    }
    return this;
  }

  @Override
  public String toString() {
    return "CommittableOffset(" + partition() + ", sequence number " + sequenceNumber + ")";
  }
}
