// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what it is told. */
final class RecordingWriteListener implements WriteListener {

  private final List<String> told = new CopyOnWriteArrayList<>();

  private volatile long coalesced;

  long coalesced() {
    return coalesced;
  }

  @Override
  public void attempted(
      Duration time, @Nullable WriteOutcome outcome, long conflicts, long coalescedSoFar) {
    coalesced = coalescedSoFar;
  }

  List<String> told() {
    return List.copyOf(told);
  }

  long losses() {
    return told.stream().filter("lost"::equals).count();
  }

  @Override
  public void lost() {
    told.add("lost");
  }

  @Override
  public void failed(Throwable cause) {
    told.add("failed: " + cause.getMessage());
  }

  @Override
  public void worksAgain() {
    told.add("works again");
  }
}
