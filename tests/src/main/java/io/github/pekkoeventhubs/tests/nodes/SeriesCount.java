// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

/**
 * How many meters a node has.
 *
 * @param all of its registry
 * @param ofOthers those of them that name no partition which the node runs now
 */
record SeriesCount(long all, long ofOthers) {

  /** That of a node which binds no registry. */
  static final SeriesCount NONE = new SeriesCount(0, 0);
}
