// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.apache.pekko.annotation.InternalApi;

/** The sequence numbers of a partition's events, which grow from event to event. */
@InternalApi
public final class SequenceNumbers {

  /** Stands for a sequence number that is not known: it is below all others. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  private SequenceNumbers() {}
}
