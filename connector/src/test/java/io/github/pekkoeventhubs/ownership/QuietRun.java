// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.function.Consumer;

/**
 * A run to which nothing comes. Tests that need one override what they look at, so that a new
 * question to a run does not compile before somebody has answered it here.
 */
class QuietRun implements PartitionRun {

  @Override
  public void attach(Consumer<ReceiverEnd> whenEnded, Runnable whenOutgrown) {}

  @Override
  public void abandonConnection() {}

  @Override
  public void wake() {}

  @Override
  public long lastReceived() {
    return PartitionSession.NONE;
  }

  @Override
  public long receivedCount() {
    return 0;
  }

  @Override
  public boolean hasDemand() {
    return false;
  }

  @Override
  public void finish() {}
}
