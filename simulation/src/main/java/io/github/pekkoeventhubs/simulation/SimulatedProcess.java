// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** That to which tasks belong: a node, or the services around the nodes. */
final class SimulatedProcess {

  /** Before the beginning of each world. */
  static final long LONG_AGO = -1_000_000_000_000L;

  enum State {
    RUNNING,
    /** Nothing of it runs, and its time goes on. */
    FROZEN,
    /** Nothing of it runs any more. */
    DEAD
  }

  final int number;
  final String name;
  State state = State.RUNNING;

  /** It freezes when it has sent so many further requests to the store; 0 if it does not. */
  int freezesAfter;

  /** Its next checkpoint write is refused, and it freezes with the request that follows. */
  boolean refusedOnce;

  /** The partition whose checkpoint was so refused; empty if none was. */
  String refusedPartition = "";

  /** The number of its requests to the store that have failed, or will. */
  long failedRequests;

  /** When it last woke up. */
  long awakeSince = LONG_AGO;

  SimulatedProcess(int number, String name) {
    this.number = number;
    this.name = name;
  }

  @Override
  public String toString() {
    return name;
  }
}
