// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import org.apache.pekko.annotation.InternalApi;

/** The outcome of a release. In each case the partition is not ours afterwards. */
@InternalApi
public enum ReleaseOutcome {
  /** The record says that nobody owns the partition, so that a successor need not wait. */
  RELEASED,
  /** Somebody else had claimed the partition before. */
  NOT_OWNER
}
