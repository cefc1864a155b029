// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

/** One of the ways to read an event hub. */
interface Reader {

  /** For the names of figures: words with hyphens. */
  String name();

  /**
   * Attaches a receiver to each partition, from its beginning, and lets the meter count what comes.
   */
  Running start(ConsumeTask task, RateMeter meter) throws Exception;

  /** A reader at work. */
  interface Running {

    /**
     * Ends the reader when the meter has counted enough events; detaches all receivers.
     *
     * @throws io.github.pekkoeventhubs.benchmarks.IncorrectResultException if it was not right
     */
    void stop() throws Exception;
  }
}
