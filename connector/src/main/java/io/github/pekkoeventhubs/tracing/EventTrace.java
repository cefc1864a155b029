// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import org.apache.pekko.annotation.InternalApi;

/** The trace of one event that has been received. Goes with its offset through the stream. */
@InternalApi
public interface EventTrace {

  /** The event is emitted now. For {@link PartitionTracing#emitted} alone, at most once. */
  void emitted();
}
