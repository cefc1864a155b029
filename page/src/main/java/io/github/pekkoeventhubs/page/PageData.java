// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

/**
 * Tells what the page shows. It reads only. Called on the threads of the server, several at a time,
 * which it may block.
 */
public interface PageData {

  /**
   * The event hubs with their consumer groups, now.
   *
   * @throws PageProblem if it could not be found out; its message is shown
   */
  Overview overview();

  /**
   * Some events of a partition.
   *
   * @throws PageProblem if there is no such partition, or it could not be read; its message is
   *     shown
   */
  Peek events(PeekRequest request);
}
