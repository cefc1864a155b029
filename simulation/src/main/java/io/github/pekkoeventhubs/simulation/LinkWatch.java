// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** Watches what one link brings. */
interface LinkWatch {

  /** The link passes an event on, which the node takes, unless it has closed the link. */
  void passes(long sequenceNumber);

  /**
   * What the link holds may have changed, or what waits behind it.
   *
   * @param position the next event that the link passes on
   * @param open whether the service sends events
   */
  void holds(long position, boolean open);
}
