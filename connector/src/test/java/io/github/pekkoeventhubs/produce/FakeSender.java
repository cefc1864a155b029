// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
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

  FakeSender(long limit) {
    this.limit = limit;
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Route route) {
    Throwable failure = openFailure.getAndSet(null);
    return failure == null
        ? CompletableFuture.completedFuture(new FakeBatch(route))
        : CompletableFuture.failedFuture(failure);
  }

  @Override
  public void close() {
    closed.set(true);
  }

  boolean isClosed() {
    return closed.get();
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
  record Attempt(Route route, List<String> events, CompletableFuture<Void> answer) {

    void acknowledge() {
      answer.complete(null);
    }

    void fail(Throwable failure) {
      answer.completeExceptionally(failure);
    }
  }

  private final class FakeBatch implements EventBatch {

    private final Route route;
    private final List<String> events = new ArrayList<>();
    private long size;

    private FakeBatch(Route route) {
      this.route = route;
    }

    @Override
    public boolean tryAdd(EventData event) {
      long length = event.getBody().length;
      if (size + length > limit) {
        return false;
      }
      size += length;
      events.add(event.getBodyAsString());
      return true;
    }

    @Override
    public long limit() {
      return limit;
    }

    @Override
    public CompletionStage<?> send() {
      Attempt attempt = new Attempt(route, List.copyOf(events), new CompletableFuture<>());
      attempts.add(attempt);
      return attempt.answer();
    }
  }
}
