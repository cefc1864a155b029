// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what it is told. */
final class RecordingWriteListener implements WriteListener {

  private final List<String> told = new CopyOnWriteArrayList<>();

  private final List<WriteOutcome> outcomes = new CopyOnWriteArrayList<>();

  private volatile long coalesced;
  private volatile long conflicts;

  long coalesced() {
    return coalesced;
  }

  long conflicts() {
    return conflicts;
  }

  /** Those of the attempts that did not fail. */
  List<WriteOutcome> outcomes() {
    return List.copyOf(outcomes);
  }

  @Override
  public void attempted(
      Duration time, @Nullable WriteOutcome outcome, long conflictsSoFar, long coalescedSoFar) {
    if (outcome != null) {
      outcomes.add(outcome);
    }
    conflicts = conflictsSoFar;
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
