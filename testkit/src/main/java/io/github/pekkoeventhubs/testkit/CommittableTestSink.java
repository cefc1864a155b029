// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.CommittableEvent;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.javadsl.TestSink;

/**
 * A sink that takes and commits committable events when a test tells it to: for tests of a source,
 * or of flows in front of a committer. Needs {@code pekko-stream-testkit} on the class path.
 */
public final class CommittableTestSink {

  private CommittableTestSink() {}

  /** A sink for what {@code Consumer.committableSource} emits. */
  public static Sink<CommittableEvent, CommittableSubscriber> create(
      ClassicActorSystemProvider system) {
    return TestSink.<CommittableEvent>create(system)
        .mapMaterializedValue(CommittableSubscriber::new);
  }
}
