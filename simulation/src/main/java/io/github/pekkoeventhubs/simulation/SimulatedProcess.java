// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.ArrayList;
import java.util.List;

/** That to which tasks belong: a node, or the services around the nodes. */
final class SimulatedProcess {

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

  /** When it last woke up. */
  long awakeSince;

  /** What became due while it was frozen. */
  final List<WorldTask> held = new ArrayList<>();

  SimulatedProcess(int number, String name) {
    this.number = number;
    this.name = name;
  }

  @Override
  public String toString() {
    return name;
  }
}
