// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static io.github.pekkoeventhubs.quickstart.ProgressTable.number;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * Kills the last node, waits until its partitions have moved, and then stops the last but one with
 * SIGTERM. In this order, since two of three nodes are the majority that the split brain resolver
 * keeps, and of two nodes one is not.
 */
final class KillAndStop implements Script {

  private static final Duration BETWEEN_STEPS = Duration.ofSeconds(4);

  private enum Step {
    BEFORE_KILL,
    RECOVERING,
    BEFORE_STOP,
    LEAVING,
    AFTER_STOP,
    DONE
  }

  private final Ledger ledger;
  private final Observer observer;
  private final BiConsumer<String, String> screen;
  private final QuickstartProcess killed;
  private final QuickstartProcess stopped;
  private final Map<String, Long> processedBeforeKill = new HashMap<>();
  private Step step = Step.BEFORE_KILL;
  private OptionalLong stepStarted = OptionalLong.empty();
  private long uncommittedAtKill;
  private int duplicatesBeforeKill;
  private int duplicatesBeforeStop;

  /**
   * One that is told to begin by its first {@link #advance}.
   *
   * @param screen takes what is said, with a short form of it where something was done to a node
   */
  KillAndStop(
      int count,
      QuickstartNodes nodes,
      Ledger ledger,
      Observer observer,
      BiConsumer<String, String> screen) {
    this.ledger = ledger;
    this.observer = observer;
    this.screen = screen;
    this.killed = nodes.node(count);
    this.stopped = nodes.node(count - 1);
  }

  @Override
  public void advance(List<PartitionProgress> progress) {
    if (stepStarted.isEmpty()) {
      go(Step.BEFORE_KILL);
    }
    switch (step) {
      case BEFORE_KILL -> {
        if (stepTime().compareTo(BETWEEN_STEPS) >= 0 && allHaveBegun(progress)) {
          kill(progress);
          go(Step.RECOVERING);
        }
      }
      case RECOVERING -> {
        if (haveMovedFrom(killed, progress) && isCommittedAgain(progress)) {
          screen.accept(
              "        its partitions have moved and caught up after "
                  + stepTime().toSeconds()
                  + " s; processed twice: "
                  + (ledger.duplicates() - duplicatesBeforeKill),
              "");
          go(Step.BEFORE_STOP);
        }
      }
      case BEFORE_STOP -> {
        if (stepTime().compareTo(BETWEEN_STEPS) >= 0) {
          duplicatesBeforeStop = ledger.duplicates();
          screen.accept(
              "  >>>   SIGTERM to " + stopped.name() + ": it leaves the cluster.",
              "SIGTERM to " + stopped.name());
          stopped.terminate();
          go(Step.LEAVING);
        }
      }
      case LEAVING -> {
        if (!stopped.isAlive() && haveMovedFrom(stopped, progress)) {
          screen.accept(
              "        its partitions have moved after "
                  + stepTime().toSeconds()
                  + " s; processed twice: "
                  + (ledger.duplicates() - duplicatesBeforeStop),
              "");
          go(Step.AFTER_STOP);
        }
      }
      case AFTER_STOP -> {
        if (stepTime().compareTo(BETWEEN_STEPS) >= 0) {
          go(Step.DONE);
        }
      }
      case DONE -> {}
    }
  }

  private Duration stepTime() {
    return Duration.ofNanos(System.nanoTime() - stepStarted.orElseThrow());
  }

  private void go(Step next) {
    step = next;
    stepStarted = OptionalLong.of(System.nanoTime());
  }

  private void kill(List<PartitionProgress> progress) {
    duplicatesBeforeKill = ledger.duplicates();
    killed.kill();
    StoredPositions stored = observer.stored();
    for (PartitionProgress partition : progress) {
      OptionalLong processed = ledger.lastProcessed(partition.partition());
      if (partition.owner().equals(killed.name()) && processed.isPresent()) {
        processedBeforeKill.put(partition.partition(), processed.getAsLong());
        uncommittedAtKill +=
            processed.getAsLong() - stored.checkpoint(partition.partition()).orElse(-1);
      }
    }
    screen.accept(
        "  >>>   SIGKILL to "
            + killed.name()
            + ", owner of the partitions "
            + String.join(", ", processedBeforeKill.keySet().stream().sorted().toList())
            + ". It has processed "
            + number(OptionalLong.of(uncommittedAtKill))
            + " events that are not committed.",
        "SIGKILL to " + killed.name());
  }

  private static boolean allHaveBegun(List<PartitionProgress> progress) {
    return progress.stream().allMatch(partition -> partition.committed().orElse(-1) >= 0);
  }

  private boolean haveMovedFrom(QuickstartProcess node, List<PartitionProgress> progress) {
    return progress.stream()
        .allMatch(partition -> partition.isRunning() && !partition.owner().startsWith(node.name()));
  }

  private boolean isCommittedAgain(List<PartitionProgress> progress) {
    return progress.stream()
        .allMatch(
            partition ->
                partition.committed().orElse(-1)
                    >= processedBeforeKill.getOrDefault(partition.partition(), -1L));
  }

  @Override
  public boolean isDone() {
    return step == Step.DONE;
  }

  @Override
  public Verdict duplicates() {
    int afterKill = duplicatesBeforeStop - duplicatesBeforeKill;
    int graceful = ledger.duplicates() - afterKill;
    return new Verdict(
        "duplicates "
            + ledger.duplicates()
            + ": "
            + afterKill
            + " after the kill (at most the "
            + uncommittedAtKill
            + " that were not committed), "
            + graceful
            + " otherwise",
        afterKill <= uncommittedAtKill && graceful == 0);
  }
}
