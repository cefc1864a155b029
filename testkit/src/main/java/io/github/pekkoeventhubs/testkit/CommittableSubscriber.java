// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.testkit.TestSubscriber;

/**
 * Takes the events of a {@link CommittableTestSink}. An event that does not come in time is an
 * {@link AssertionError}. Not thread-safe.
 */
public final class CommittableSubscriber {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestSubscriber.Probe<CommittableEvent> probe;

  CommittableSubscriber(TestSubscriber.Probe<CommittableEvent> probe) {
    this.probe = probe;
  }

  /** Asks for one event and waits for it, for up to 20 seconds. */
  public CommittableEvent requestEvent() {
    return requestEvents(1).get(0);
  }

  /** Asks for this number of events and waits for them, for up to 20 seconds each. */
  public List<CommittableEvent> requestEvents(int count) {
    probe.request(count);
    List<CommittableEvent> events = new ArrayList<>();
    while (events.size() < count) {
      events.add(probe.expectNext(scala.jdk.javaapi.DurationConverters.toScala(PATIENCE)));
    }
    return List.copyOf(events);
  }

  /** Asks for an event and expects that none comes for this time. */
  public CommittableSubscriber expectNoEvent(Duration duration) {
    probe.request(1);
    probe.expectNoMessage(duration);
    return this;
  }

  /**
   * Acknowledges the event, with ordered acknowledgement also all before it, and stores that at
   * once, as a committer with a batch of one does. Completes when it is stored; see {@link
   * CommitOutcome} for the possible outcomes.
   */
  public CompletionStage<CommitOutcome> commit(CommittableEvent event) {
    event.committableOffset().acknowledge();
    return event.committableOffset().epoch().flush();
  }

  /** Waits until the stream is complete. */
  public void expectCompletion() {
    probe.expectComplete();
  }

  /** Waits until the stream fails. */
  public Throwable expectFailure() {
    return probe.expectError();
  }

  /** Wants no more events. */
  public void cancel() {
    probe.cancel();
  }

  /** For what is not offered here. */
  public TestSubscriber.Probe<CommittableEvent> probe() {
    return probe;
  }
}
