// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
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
 *
 * <p>As the connector, it emits no more events of a partition than {@code max-uncommitted} beyond
 * those that are acknowledged. Where a stream drops events without acknowledging them, {@link
 * CommittablePublisher#send} fails at that bound.
 */
public final class CommittableTestSource {

  private CommittableTestSource() {}

  /**
   * A source whose events are committed to this committer. Its {@code max-uncommitted} is that of
   * the actor system's configuration, by default 10,000.
   */
  public static Source<CommittableEvent, CommittablePublisher> create(
      ClassicActorSystemProvider system, RecordingCommitter committer) {
    return create(system, committer, ConsumerSettings.create(system));
  }

  /**
   * The same with the {@code max-uncommitted} of these settings, which may be those of the stream
   * under test. Nothing else of them has an effect.
   */
  public static Source<CommittableEvent, CommittablePublisher> create(
      ClassicActorSystemProvider system, RecordingCommitter committer, ConsumerSettings settings) {
    return TestSource.<CommittableEvent>create(system)
        .viaMat(ConsumerControlFactory.<CommittableEvent>controlled(), Keep.both())
        .mapMaterializedValue(
            both ->
                new CommittablePublisher(
                    both.first(), both.second(), committer, settings.maxUncommitted()));
  }
}
