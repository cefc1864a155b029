// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Map;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Makes working {@link Consumer.Control}s for sources without an event hub, so that the code that
 * runs, drains and watches a stream can be tested without any service.
 *
 * <pre>{@code
 * Source<CommittableEvent, Consumer.Control> source =
 *     ConsumerControlFactory.attachControl(Source.from(events).concat(Source.maybe()));
 * }</pre>
 *
 * <p>Such a control stops, drains, pauses and resumes the source it is attached to. Its status has
 * a partition for each one of which an element has been emitted: positions are those of the
 * elements and, with offsets of a {@link RecordingCommitter}, those acknowledged and committed.
 */
public final class ConsumerControlFactory {

  private ConsumerControlFactory() {}

  /** The same source, which materialises a control instead of its own value. */
  public static <T> Source<T, Consumer.Control> attachControl(Source<T, ?> source) {
    return source.viaMat(ConsumerControlFactory.<T>controlled(), Keep.right());
  }

  /** The same source, which materialises its value together with a control. */
  public static <T, M, N> Source<T, N> attachControlMat(
      Source<T, M> source,
      org.apache.pekko.japi.function.Function2<M, Consumer.Control, N> combine) {
    return source.viaMat(ConsumerControlFactory.<T>controlled(), combine);
  }

  /** Passes elements on, and controls the stream before it. */
  public static <T> Flow<T, T, Consumer.Control> controlled() {
    return Flow.<T>create()
        .viaMat(Flow.fromGraph(new ControlledStage<T>()), Keep.right())
        .mapMaterializedValue(control -> control);
  }

  /** A control of a source that emits nothing: it runs until it is stopped. */
  public static Consumer.Control control() {
    return new UnattachedControl(new ConsumerStatus(Map.of()));
  }

  /** The same with this status. */
  public static Consumer.Control control(ConsumerStatus status) {
    return new UnattachedControl(status);
  }

  /**
   * A source to use instead of {@code Consumer.committableSource} and similar ones: emits nothing
   * until it is stopped.
   */
  public static <T> Source<T, Consumer.Control> idleSource() {
    return attachControl(Source.<T>maybe().mapMaterializedValue(end -> NotUsed.getInstance()));
  }
}
