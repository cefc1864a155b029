// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

/** A node as the network sees it. */
public interface Host {

  /** Its name in the network, without a port. */
  String name();

  /** Runs a task of this node later, in the nanoseconds of the world. */
  void later(long nanos, Runnable task);

  /** Whether it takes no message any more. */
  boolean isDead();
}
