// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

import org.apache.pekko.remote.UniqueAddress;

/** A node as the network knows it. */
interface NetworkEnd {

  Host host();

  /** This incarnation of the node. */
  UniqueAddress self();

  boolean isOpen();

  /** Whether it has nothing to do with another incarnation any more. */
  boolean hasQuarantined(UniqueAddress other);

  /** Another node has told this one that it has nothing to do with it any more. */
  void refusedBy(UniqueAddress other);

  /** A letter of another node has arrived. */
  void receive(Letter letter);
}
