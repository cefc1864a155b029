// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import org.jspecify.annotations.Nullable;

/**
 * The stream that has the partition, from the time an owner begins to serve it until it is given up
 * or replaced, with the facts that one of its epochs passes to the next. For the owner's thread
 * alone.
 */
final class ServedStream {

  private final StreamOfGroup stream;
  private final StartDoubts startDoubts = new StartDoubts();
  private final AwaitedOwner awaitedOwner;
  private Resumption resumption = Resumption.NONE;
  private @Nullable StartingPoint start;

  ServedStream(StreamOfGroup stream, String partitionId) {
    this.stream = stream;
    this.awaitedOwner =
        new AwaitedOwner(stream.partition(partitionId), stream.settings().ownership().expiry());
  }

  /** The foreign owner that the stream waits for. */
  AwaitedOwner awaitedOwner() {
    return awaitedOwner;
  }

  StreamOfGroup stream() {
    return stream;
  }

  Resumption resumption() {
    return resumption;
  }

  StartDoubts startDoubts() {
    return startDoubts;
  }

  /** The next epoch starts here. */
  void startFound(StartingPoint point) {
    start = point;
  }

  /** Takes the start of the next epoch; to be called once for each epoch. */
  StartingPoint takeStart() {
    StartingPoint taken = start;
    start = null;
    if (taken == null) {
      throw new IllegalStateException("an epoch begins whose start was not found");
    }
    return taken;
  }

  void epochEnded(Resumption next) {
    resumption = next;
  }

  /**
   * A claim begins anew. Whatever an earlier claim has passed on may be old by now: others may have
   * stored another position, an operator for example.
   */
  void claimBegins() {
    resumption = resumption.underNewClaim(stream.isCommittable());
  }
}
