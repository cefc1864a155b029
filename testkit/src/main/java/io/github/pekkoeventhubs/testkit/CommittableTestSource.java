// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.CommittableEvent;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.javadsl.TestSource;

/**
 * A source of committable events that a test feeds by hand, in the place of {@code
 * Consumer.committableSource}. Needs {@code pekko-stream-testkit} on the class path.
 *
 * <pre>{@code
 * RecordingCommitter committer = RecordingCommitter.create();
 * CommittablePublisher orders =
 *     CommittableTestSource.create(system, committer)
 *         .map(event -> event.committableOffset())
 *         .to(Committer.sink(settings))
 *         .run(system);
 * orders.send("0", "first", "second");
 * }</pre>
 */
public final class CommittableTestSource {

  private CommittableTestSource() {}

  /** A source whose events are committed to this committer. */
  public static Source<CommittableEvent, CommittablePublisher> create(
      ClassicActorSystemProvider system, RecordingCommitter committer) {
    return TestSource.<CommittableEvent>create(system)
        .viaMat(ConsumerControlFactory.<CommittableEvent>controlled(), Keep.both())
        .mapMaterializedValue(
            both -> new CommittablePublisher(both.first(), both.second(), committer));
  }
}
