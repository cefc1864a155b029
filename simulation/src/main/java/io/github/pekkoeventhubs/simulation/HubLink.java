// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** A link to a partition, as the service sees it. */
interface HubLink {

  /** The level of its receiver; a higher one takes the partition from it. */
  long ownerLevel();

  boolean isOf(SimulatedProcess process);

  /** Events may have come that the node wants. */
  void available();

  /** Looks anew at what it holds, and at what waits behind it. */
  void look();

  /** It is given up, and nobody is told. */
  void cancel();

  /** Nothing comes any more, and nobody is told. */
  void fallSilent();

  /** The connection is closed. */
  void close();

  /** The connection is lost. */
  void fail();

  /** Another receiver has come. */
  void steal();
}
