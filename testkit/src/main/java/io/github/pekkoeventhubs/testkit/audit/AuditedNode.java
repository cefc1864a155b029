// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A node of an audit, on which the stream under audit is started: the settings it is to use, and
 * the work it is to do with each event.
 *
 * <p>The stream calls one of the methods {@code process..} where it does its work, and takes an
 * event for done when the returned stage has completed. That stage takes its time, is held for
 * long, fails once, or never completes since the node is killed, as the scenario says. Where a
 * stream has dealt with an event in another way, as with a dead letter after a failure, it calls
 * {@link #processed}.
 *
 * <p>Thread-safe.
 */
public final class AuditedNode {

  private final int number;
  private final ActorSystem<?> system;
  private final Work work;
  private final CompletableFuture<Done> killed;
  private final boolean clustered;

  /**
   * @param killed completes when the node is killed
   */
  AuditedNode(
      int number,
      ActorSystem<?> system,
      Work work,
      CompletableFuture<Done> killed,
      boolean clustered) {
    this.number = number;
    this.system = system;
    this.work = work;
    this.killed = killed;
    this.clustered = clustered;
  }

  /**
   * The node's actor system. Its configuration leads to the services of the audit, also with {@code
   * ConsumerSettings.create(system)} and {@code BlobPartitionStore.fromConfig(system)}.
   */
  public ActorSystem<?> system() {
    return system;
  }

  /** For {@code Consumer}: the event hub of the audit, from its first event on, with a store. */
  public ConsumerSettings consumerSettings() {
    return ConsumerSettings.create(system)
        .withPartitionStore(BlobPartitionStore.fromConfig(system));
  }

  /** {@code balanced()}, or {@code clusterSharded()} in an audit with a cluster. */
  public Subscription subscription() {
    return clustered ? Subscriptions.clusterSharded() : Subscriptions.balanced();
  }

  /** For {@code Committer}: as of the configuration, but it stores within 50 ms. */
  public CommitterSettings committerSettings() {
    return CommitterSettings.create(system);
  }

  /**
   * For {@code Producer}, if the stream sends its results on: an event hub of the audit. An event
   * counts as processed as soon as one has arrived there that carries its application properties,
   * or has its key ({@code partition/number}, as in the body {@code order 0/17}) in its body.
   */
  public ProducerSettings producerSettings() {
    return ProducerSettings.create(system);
  }

  /** The work on an event. */
  public CompletionStage<Done> process(CommittableEvent event) {
    return process(event.event());
  }

  /** The work on an event. */
  public CompletionStage<Done> process(PartitionEvent event) {
    return process(event.getData());
  }

  /** The work on an event. */
  public CompletionStage<Done> process(EventData event) {
    return process(event, "");
  }

  /**
   * The work on one of several outputs of an event. The event is lost if the work on any of its
   * outputs has begun, never completes, and is passed over.
   *
   * @param part names the output
   */
  public CompletionStage<Done> process(CommittableEvent event, String part) {
    return process(event.event(), part);
  }

  /** The same for an event without an offset. */
  public CompletionStage<Done> process(EventData event, String part) {
    return work.begin(number, List.of(EventKey.of(event)), part);
  }

  /** The work on several events that succeeds or fails for all of them. */
  public CompletionStage<Done> processAll(List<CommittableEvent> events) {
    return work.begin(
        number, events.stream().map(CommittableEvent::event).map(EventKey::of).toList(), "");
  }

  /**
   * The work on an event, done on the calling thread: returns when it is done.
   *
   * @return the same event
   * @throws RuntimeException if it fails
   */
  public CommittableEvent processNow(CommittableEvent event) {
    processNow(event.event());
    return event;
  }

  /**
   * The work on an event, done on the calling thread: returns when it is done.
   *
   * @return the same event
   * @throws RuntimeException if it fails
   */
  public EventData processNow(EventData event) {
    CompletableFuture<Done> done = process(event).toCompletableFuture();
    try {
      CompletableFuture.anyOf(done, killed).join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
    if (!done.isDone()) {
      throw new CancellationException("the node is killed");
    }
    return event;
  }

  /** Says that an event is dealt with now, however that was done. */
  public void processed(EventData event) {
    work.markDone(number, List.of(EventKey.of(event)), "");
  }

  /** Says that an event is dealt with now, however that was done. */
  public void processed(CommittableEvent event) {
    processed(event.event());
  }

  @Override
  public String toString() {
    return "node " + number;
  }
}
