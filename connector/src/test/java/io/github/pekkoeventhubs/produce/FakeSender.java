// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A sender whose attempts are completed by the test. Batches hold events of a plain size: the
 * length of their bodies.
 */
final class FakeSender implements EventSender {

  private final long limit;
  private final LinkedBlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> openFailure = new AtomicReference<>();
  private final AtomicReference<@Nullable HeldOpening> heldOpening = new AtomicReference<>();
  private volatile @Nullable RuntimeException thrownWhenAdding;
  private volatile CompletableFuture<List<String>> partitionIds =
      CompletableFuture.completedFuture(IntStream.range(0, 8).mapToObj(String::valueOf).toList());
  private final AtomicInteger partitionQuestions = new AtomicInteger();

  FakeSender(long limit) {
    this.limit = limit;
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    partitionQuestions.incrementAndGet();
    return partitionIds;
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Destination destination) {
    HeldOpening held = heldOpening.getAndSet(null);
    if (held != null) {
      held.release.thenRun(() -> held.batch.complete(new FakeBatch(destination)));
      return held.batch;
    }
    Throwable failure = openFailure.getAndSet(null);
    return failure == null
        ? CompletableFuture.completedFuture(new FakeBatch(destination))
        : CompletableFuture.failedFuture(failure);
  }

  @Override
  public String target() {
    return "event hub 'fake' in the namespace of this test";
  }

  @Override
  public void close() {
    closed.set(true);
  }

  boolean isClosed() {
    return closed.get();
  }

  /** What the questions for the partitions are answered with from now on. */
  void answerPartitions(CompletableFuture<List<String>> answer) {
    partitionIds = answer;
  }

  int partitionQuestions() {
    return partitionQuestions.get();
  }

  /** From now on each batch throws this when an event is added. */
  void throwWhenAdding(RuntimeException thrown) {
    thrownWhenAdding = thrown;
  }

  /** The next batch is opened when the test says so. */
  HeldOpening holdNextOpening() {
    HeldOpening held = new HeldOpening(new CompletableFuture<>(), new CompletableFuture<>());
    heldOpening.set(held);
    return held;
  }

  /** A batch that is not open yet. */
  record HeldOpening(CompletableFuture<Void> release, CompletableFuture<EventBatch> batch) {

    /** Opens it as soon as its events are to be sent. */
    void openWhenItIsToBeSent() {
      await().until(() -> batch.getNumberOfDependents() > 0);
      release.complete(null);
    }
  }

  void failNextOpening(Throwable failure) {
    openFailure.set(failure);
  }

  /** The next attempt to send, once there is one. */
  Attempt nextAttempt() {
    return await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(attempts::poll, Objects::nonNull);
  }

  boolean hasAttempt() {
    return !attempts.isEmpty();
  }

  /** One attempt to send a batch, to be answered by the test. */
  record Attempt(Destination destination, List<String> events, CompletableFuture<Void> answer) {

    void acknowledge() {
      answer.complete(null);
    }

    void fail(Throwable failure) {
      answer.completeExceptionally(failure);
    }
  }

  private final class FakeBatch implements EventBatch {

    private final Destination destination;
    private final List<String> events = new ArrayList<>();
    private long size;

    private FakeBatch(Destination destination) {
      this.destination = destination;
    }

    @Override
    public boolean tryAdd(Routed event) {
      RuntimeException thrown = thrownWhenAdding;
      if (thrown != null) {
        throw thrown;
      }
      long length = event.event().getBody().length;
      if (size + length > limit) {
        return false;
      }
      size += length;
      events.add(event.event().getBodyAsString());
      return true;
    }

    @Override
    public long limit() {
      return limit;
    }

    @Override
    public CompletionStage<?> send() {
      Attempt attempt = new Attempt(destination, List.copyOf(events), new CompletableFuture<>());
      attempts.add(attempt);
      return attempt.answer();
    }
  }
}
