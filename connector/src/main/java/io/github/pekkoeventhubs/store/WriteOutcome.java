// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import org.apache.pekko.annotation.InternalApi;

/** The outcome of one checkpoint write that did not fail. */
@InternalApi
public enum WriteOutcome {
  /** The store holds the position. */
  WRITTEN,
  /** The store held this position, or a later one, already. */
  COVERED,
  /** The claim is gone; nothing was written. */
  LOST
}
