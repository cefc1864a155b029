// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/** The outcome of a request to a {@link PartitionStore}. */
public enum StoreAnswer {
  /** It was done. */
  ANSWERED,
  /** There is nothing to read. */
  NOT_FOUND,
  /** A write was refused since somebody else had written. */
  CONFLICT,
  /** The store has too much to do. */
  THROTTLED,
  /** The store could not be reached, or has not answered in time. */
  TIMED_OUT,
  /** The store refuses it for a reason that lasts, such as the credential. */
  REFUSED,
  /** The store has failed inside, or there was no token to ask it with. It may pass. */
  FAILED
}
