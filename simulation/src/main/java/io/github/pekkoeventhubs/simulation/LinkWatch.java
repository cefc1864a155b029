// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** Watches what one link brings. */
interface LinkWatch {

  /** The link passes an event on, which the node takes, unless it has closed the link. */
  void passes(long sequenceNumber);

  /**
   * The link may hold other events now, or others may wait behind it.
   *
   * @param position the next event that the link passes on
   * @param open whether the service sends events
   */
  void holds(long position, boolean open);
}
