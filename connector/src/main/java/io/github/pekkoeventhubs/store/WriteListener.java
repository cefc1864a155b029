// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import org.apache.pekko.annotation.InternalApi;

/** Is told how the writes of a {@link PartitionCheckpointer} go. Nothing is called under a lock. */
@InternalApi
public interface WriteListener {

  /** A write has found that the claim is gone. Called at most once. */
  void lost();

  /** An attempt to write has failed, whether or not another one follows. */
  void failed(Throwable cause);

  /** A write has succeeded after a failed attempt. */
  void worksAgain();
}
