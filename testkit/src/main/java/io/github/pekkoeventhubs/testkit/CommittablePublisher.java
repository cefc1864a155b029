// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.javadsl.Consumer;
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

  private final TestPublisher.Probe<CommittableEvent> probe;
  private final Consumer.Control control;
  private final RecordingCommitter committer;
  private final Map<String, Long> nextNumbers = new HashMap<>();

  CommittablePublisher(
      TestPublisher.Probe<CommittableEvent> probe,
      Consumer.Control control,
      RecordingCommitter committer) {
    this.probe = probe;
    this.control = control;
    this.committer = committer;
  }

  /** Emits events with these bodies, each when the stream asks for it. */
  public List<CommittableEvent> send(String partitionId, String... bodies) {
    List<CommittableEvent> events = new ArrayList<>();
    for (String body : bodies) {
      long number = nextNumbers.merge(partitionId, 0L, (last, first) -> last + 1);
      events.add(send(committer.event(partitionId, number, body)));
    }
    return List.copyOf(events);
  }

  /** Emits this event when the stream asks for it. */
  public CommittableEvent send(CommittableEvent event) {
    probe.sendNext(event);
    return event;
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
