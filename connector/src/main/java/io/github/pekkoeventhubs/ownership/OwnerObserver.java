// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import org.apache.pekko.annotation.InternalApi;

/** Is told of changes of a partition. The owner calls it, on the owner's thread. */
@InternalApi
public interface OwnerObserver {

  /** The partition is not served by this stream any more, and may be offered another. */
  void parked(String partitionId, StreamOfGroup formerStream);

  /** The partition is about to end on this node, and nothing of it is held any more. */
  void stopping(String partitionId);

  /**
   * The partition is not owned here, and will be looked at again after a while.
   *
   * @param lost whether it was owned here until now
   */
  default void waiting(String partitionId, boolean lost) {}

  /** A neighbour asks for the partition. */
  default void handOverRequested(String partitionId) {}
}
