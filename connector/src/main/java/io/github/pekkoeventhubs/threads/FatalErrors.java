// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Tells of errors, such as an {@link OutOfMemoryError}, that have ended the work of a thread which
 * streams depend on. Nobody else is told of them. Any thread.
 *
 * <ul>
 *   <li>The SDK's I/O threads: the links of the thread's connection stay open, and nothing comes
 *       through them any more.
 *   <li>The workers and the timer of the connector: what was to follow never does, such as the
 *       wake-up of a stage, the time limit of a question, or the next attempt to store a
 *       checkpoint. So a stream would stand still.
 * </ul>
 *
 * <p>Other threads are left out. Pekko ends the process, or the actor system, at a fatal error on a
 * dispatcher. The common threads of Reactor (parallel, boundedElastic, single) are also those of
 * the application and of other libraries, so that an error there need not be one of a stream. The
 * SDK uses them for its time-outs, for the delay before a link is attached again and to close
 * links. An error there leaves a link that delivers nothing, a question or a send without an
 * answer: the stall check replaces such a link, and questions and sends have time limits of the
 * connector.
 */
@InternalApi
public final class FatalErrors {

  private static final String HOOK = "pekko-eventhubs";

  /** The SDK's I/O threads are the threads of the schedulers that it gives this name. */
  private static final String IO_THREADS = "reactor-executor";

  /** The beginning of the names of the connector's workers and of its timer. */
  static final String OWN_THREADS = "pekko-eventhubs-";

  private static final Set<Consumer<Throwable>> LISTENERS = new CopyOnWriteArraySet<>();

  static {
    Schedulers.onHandleError(HOOK, FatalErrors::happened);
  }

  private FatalErrors() {}

  /**
   * From now on the listener is told, on the thread of the error. It must neither block nor fail.
   *
   * @return ends that
   */
  public static Runnable listen(Consumer<Throwable> listener) {
    LISTENERS.add(listener);
    return () -> LISTENERS.remove(listener);
  }

  /** A task of a thread of the connector has ended with this; null for none. */
  static void ofOwnTask(@Nullable Throwable thrown) {
    if (thrown instanceof Error) {
      LISTENERS.forEach(listener -> listener.accept(thrown));
    }
  }

  private static void happened(Thread thread, Throwable error) {
    String name = thread.getName();
    if (error instanceof Error && (name.startsWith(IO_THREADS) || name.startsWith(OWN_THREADS))) {
      LISTENERS.forEach(listener -> listener.accept(error));
    }
  }
}
