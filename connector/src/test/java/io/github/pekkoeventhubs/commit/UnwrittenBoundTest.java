// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import io.github.pekkoeventhubs.ownership.TestSessions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;

/** The number of acknowledged events that are not stored stays within max-unwritten. */
class UnwrittenBoundTest {

  private static final CommitterSettings SETTINGS =
      CommitterSettings.create(
          ConfigFactory.defaultReference().getConfig(CommitterSettings.CONFIG_PATH));

  @Test
  void alsoIfNobodyWaitsForAStoreThatRefusesEveryWrite() {
    ActorSystem system = ActorSystem.create("unwritten");
    ControllableEpoch epoch =
        ControllableEpoch.ofPartition("0").refusingAtOnce(new CheckpointWriteException("no"));
    try {
      UniqueKillSwitch stream =
          Source.range(1, Integer.MAX_VALUE)
              .map(number -> epoch.offset(number))
              .viaMat(KillSwitches.single(), Keep.right())
              .via(
                  new CommitterStage<CommittableOffset>(
                      SETTINGS
                          .withDelivery(CommitDelivery.SEND_AND_FORGET)
                          .withMaxBatch(10)
                          .withMaxUnwritten(100)
                          .withMaxInterval(Duration.ofMillis(20))))
              .to(Sink.ignore())
              .run(system);

      await().until(() -> epoch.flushes().size() >= 15);

      assertThat(epoch.acknowledgedNumbers()).hasSizeBetween(1, 100);
      stream.shutdown();
    } finally {
      TestKit.shutdownActorSystem(system);
    }
  }

  /**
   * Any order of events that are emitted, filtered and offered singly or in batches, of writes that
   * succeed, fail and find another owner, of epochs that replace others, and of time.
   */
  @Property(tries = 300)
  void whateverIsOfferedAndHoweverTheStoreAnswers(@ForAll long seed) {
    Run run = new Run(new Random(seed));
    for (int step = 0; step < 200; step++) {
      run.step();
      run.checkBound();
    }
    run.answerEverything();
    run.checkEverythingIsStored();
  }

  /** A committer without its stage, over partitions whose events are emitted as a source does. */
  private static final class Run {
    private static final int PARTITIONS = 3;

    private final Random random;
    private final int maxUnwritten;
    private final FlushPolicy policy;
    private final CommitterPartitions partitions;
    private final Queue<Committable> upstream = new ArrayDeque<>();
    private final List<Epoch> epochs = new ArrayList<>();
    private final Epoch[] current = new Epoch[PARTITIONS];
    private final Deque<Flush> unanswered = new ArrayDeque<>();
    private long now;

    private record Flush(PartitionCommits commits, CompletableFuture<CommitOutcome> answer) {}

    Run(Random random) {
      this.random = random;
      int maxBatch = 1 + random.nextInt(10);
      this.maxUnwritten = maxBatch + random.nextInt(10);
      this.policy = new FlushPolicy(SETTINGS.withMaxBatch(maxBatch).withMaxUnwritten(maxUnwritten));
      this.partitions =
          new CommitterPartitions(
              "committer",
              random.nextInt(4) == 0
                  ? CommitWhen.NEXT_OFFSET_OBSERVED
                  : CommitWhen.OFFSET_FIRST_OBSERVED,
              policy,
              () -> now,
              new CommitterPartitions.Listener() {
                @Override
                public void grown(PartitionCommits commits) {}

                @Override
                public void draining(PartitionCommits commits) {}

                @Override
                public void removed(PartitionCommits commits) {}
              });
      for (int i = 0; i < PARTITIONS; i++) {
        begin(i);
      }
    }

    private void begin(int partition) {
      Epoch epoch = new Epoch("" + partition);
      epochs.add(epoch);
      current[partition] = epoch;
    }

    private Epoch any() {
      return current[random.nextInt(PARTITIONS)];
    }

    void step() {
      switch (random.nextInt(8)) {
        case 0, 1 -> any().emit(1 + random.nextInt(6), random.nextInt(5) == 0 ? 50 : 0);
        case 2 -> {
          Epoch epoch = any();
          epoch.pass(random.nextInt(4) == 0 ? 1 + random.nextInt(25) : 1).ifPresent(upstream::add);
          epoch.offered();
        }
        case 3 -> offerBatch();
        case 4, 5 -> answer();
        case 6 -> now += Duration.ofSeconds(random.nextInt(4)).toNanos();
        default -> {
          if (random.nextInt(5) == 0) {
            int partition = random.nextInt(PARTITIONS);
            TestSessions.end(current[partition].session);
            begin(partition);
          }
        }
      }
      pump();
    }

    private void offerBatch() {
      CommittableOffsetBatch batch = CommittableOffsetBatch.empty();
      for (Epoch epoch : current) {
        for (int i = random.nextInt(6); i > 0; i--) {
          CommittableOffset offset = epoch.pass(1).orElse(null);
          batch = offset == null ? batch : batch.updated(offset);
        }
      }
      for (Epoch epoch : current) {
        epoch.offered();
      }
      upstream.add(batch);
    }

    private void answer() {
      Flush flush = unanswered.poll();
      if (flush == null) {
        return;
      }
      int kind = random.nextInt(4);
      answer(flush, kind == 0, kind == 1);
    }

    private void answer(Flush flush, boolean fails, boolean drops) {
      PartitionCommits commits = flush.commits();
      boolean full = policy.isFull(commits);
      boolean isCurrent = partitions.isCurrent(commits);
      if (fails && isCurrent) {
        commits.flushFailed();
      } else {
        if (!drops && !fails) {
          flush.answer().complete(CommitOutcome.COMMITTED);
        }
        if (drops) {
          TestSessions.end((PartitionSession) commits.epoch());
          beginAnewAfter(commits.epoch());
        }
        commits.flushEnded();
      }
      if (isCurrent) {
        partitions.fullnessChanged(full, policy.isFull(commits));
        partitions.removeIfOver(commits);
      }
    }

    private void beginAnewAfter(PartitionEpoch ended) {
      for (int i = 0; i < PARTITIONS; i++) {
        if (current[i].session == ended) {
          begin(i);
        }
      }
    }

    /** As the stage does after each call. */
    private void pump() {
      while (!partitions.isAnyFull() && !upstream.isEmpty()) {
        partitions.observe(upstream.remove());
        flushWhatIsDue();
      }
      flushWhatIsDue();
    }

    private void flushWhatIsDue() {
      for (PartitionCommits commits : partitions.all()) {
        if (!commits.isFlushing() && policy.nanosUntilFlush(commits, now) == 0) {
          commits.flushStarted();
          unanswered.add(new Flush(commits, commits.flush().toCompletableFuture()));
          answerIfStoredAlready();
        }
      }
    }

    /** A session that has nothing new to store answers by itself. */
    private void answerIfStoredAlready() {
      Flush last = unanswered.getLast();
      if (last.answer().isDone()) {
        unanswered.removeLast();
        answer(last, false, false);
      }
    }

    void checkBound() {
      for (Epoch epoch : epochs) {
        assertThat(epoch.unwritten())
            .as("acknowledged and not stored of partition %s", epoch.session.partition())
            .isLessThanOrEqualTo(Math.max(maxUnwritten, epoch.largestStep));
      }
    }

    void answerEverything() {
      partitions.complete();
      for (int i = 0; i < 10_000 && !(upstream.isEmpty() && unanswered.isEmpty()); i++) {
        Flush flush = unanswered.poll();
        if (flush != null) {
          answer(flush, false, false);
        }
        now += Duration.ofSeconds(10).toNanos();
        pump();
      }
      partitions.complete();
      for (int i = 0; i < 100; i++) {
        now += Duration.ofSeconds(10).toNanos();
        pump();
        while (!unanswered.isEmpty()) {
          answer(unanswered.remove(), false, false);
        }
      }
    }

    void checkEverythingIsStored() {
      assertThat(upstream).isEmpty();
      for (Epoch epoch : current) {
        assertThat(epoch.session.lastAcknowledged()).isEqualTo(epoch.lastOffered);
        assertThat(epoch.unwritten()).isZero();
      }
    }
  }

  /** One epoch of a partition: what is emitted, what is passed on to the committer, and stored. */
  private static final class Epoch {
    private final PartitionSession session;
    private final TreeSet<Long> emitted = new TreeSet<>();
    private final Deque<CommittableOffset> atTheUser = new ArrayDeque<>();
    private long next;
    private long stored = -1;
    private long lastOffered = -1;
    private long largestStep;
    private long step;

    Epoch(String partition) {
      session =
          TestSessions.session(
              partition,
              true,
              Acknowledgement.ORDERED,
              1_000_000,
              position -> {
                CompletableFuture<CommitOutcome> answer = new CompletableFuture<>();
                answer.thenRun(() -> stored = Math.max(stored, position.sequenceNumber()));
                return answer;
              });
    }

    void emit(int events, long hole) {
      next += hole;
      for (int i = 0; i < events; i++, next++) {
        CommittableOffset offset = new CommittableOffset(session, next, "o" + next);
        session.emitting(offset, 0);
        emitted.add(next);
        atTheUser.add(offset);
      }
    }

    /** The user passes on one of the next offsets, and leaves out those before it. */
    Optional<CommittableOffset> pass(int place) {
      CommittableOffset offset = null;
      for (int i = 0; i < place && !atTheUser.isEmpty(); i++) {
        offset = atTheUser.remove();
        step++;
      }
      if (offset == null) {
        return Optional.empty();
      }
      lastOffered = offset.sequenceNumber();
      largestStep = Math.max(largestStep, step);
      return Optional.of(offset);
    }

    /** What the committer is given next is another element. */
    void offered() {
      step = 0;
    }

    long unwritten() {
      return emitted.subSet(stored + 1, session.lastAcknowledged() + 1).size();
    }
  }
}
