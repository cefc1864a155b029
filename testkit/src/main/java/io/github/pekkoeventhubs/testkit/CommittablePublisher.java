// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.stream.testkit.TestPublisher;

/**
 * Feeds a {@link CommittableTestSource}. Events of a partition are numbered from 0 on. For one
 * thread.
 */
public final class CommittablePublisher {

  /** The probe waits as long until the stream asks for an event. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final TestPublisher.Probe<CommittableEvent> probe;
  private final Consumer.Control control;
  private final RecordingCommitter committer;
  private final int maxUncommitted;
  private final Map<String, Long> nextNumbers = new HashMap<>();

  CommittablePublisher(
      TestPublisher.Probe<CommittableEvent> probe,
      Consumer.Control control,
      RecordingCommitter committer,
      int maxUncommitted) {
    this.probe = probe;
    this.control = control;
    this.committer = committer;
    this.maxUncommitted = maxUncommitted;
  }

  /** Emits events with these bodies, each as {@link #send(CommittableEvent)} does. */
  public List<CommittableEvent> send(String partitionId, String... bodies) {
    List<CommittableEvent> events = new ArrayList<>();
    for (String body : bodies) {
      long number = nextNumbers.merge(partitionId, 0L, (last, first) -> last + 1);
      events.add(send(committer.event(partitionId, number, body)));
    }
    return List.copyOf(events);
  }

  /**
   * Emits this event when the stream asks for it, and has acknowledged so many that {@code
   * max-uncommitted} allows another one.
   *
   * @throws AssertionError if the stream does not within three seconds
   */
  public CommittableEvent send(CommittableEvent event) {
    CommittableOffset offset = event.committableOffset();
    if (offset.epoch() instanceof RecordedEpoch epoch && !emits(epoch, offset.sequenceNumber())) {
      throw new AssertionError(
          "partition "
              + offset.partition().partitionId()
              + ": "
              + maxUncommitted
              + " events are with the stream and not acknowledged, as many as max-uncommitted"
              + " allows. The connector emits no event "
              + offset.sequenceNumber()
              + " of it before one of them is. A stream that drops events drops them with"
              + " Committer.filter, collect or mapConcat, or calls skip(); one that collects more"
              + " needs a higher max-uncommitted, here with create(system, committer, settings)");
    }
    probe.sendNext(event);
    return event;
  }

  private boolean emits(RecordedEpoch epoch, long sequenceNumber) {
    try {
      return epoch.emitting(sequenceNumber, maxUncommitted, PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the stream was to acknowledge events", e);
    }
  }

  /** Completes the stream. */
  public void complete() {
    probe.sendComplete();
  }

  /** Fails the stream. */
  public void fail(Throwable error) {
    probe.sendError(error);
  }

  /** Returns the control that {@code Consumer.committableSource} would materialise. */
  public Consumer.Control control() {
    return control;
  }

  /** The committer whose offsets the events carry. */
  public RecordingCommitter committer() {
    return committer;
  }

  /** For what is not offered here. */
  public TestPublisher.Probe<CommittableEvent> probe() {
    return probe;
  }
}
