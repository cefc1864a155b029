// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

/** One of the ways to send events. */
interface Sender {

  /** For the names of figures: words with hyphens. */
  String name();

  /**
   * Returns the number of the task's events that this sender sends: slow senders send only a part.
   */
  default int events(ProduceTask task) {
    return task.events();
  }

  /** Sends that many, and returns when all are acknowledged. */
  void send(ProduceTask task) throws Exception;
}
