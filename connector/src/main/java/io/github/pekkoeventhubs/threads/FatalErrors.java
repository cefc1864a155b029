// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import reactor.core.scheduler.Schedulers;

/**
 * Tells of errors that have ended the work of an SDK's I/O thread, such as an {@link
 * OutOfMemoryError}. The SDK tells nobody of them: the links of the thread's connection stay open,
 * and nothing comes through them any more. Any thread.
 */
@InternalApi
public final class FatalErrors {

  private static final String HOOK = "pekko-eventhubs";

  /** The SDK's I/O threads are the threads of the schedulers that it gives this name. */
  private static final String IO_THREADS = "reactor-executor";

  private static final Set<Consumer<Throwable>> LISTENERS = new CopyOnWriteArraySet<>();

  static {
    Schedulers.onHandleError(HOOK, FatalErrors::happened);
  }

  private FatalErrors() {}

  /**
   * From now on the listener is told, on the thread of the error. It must not block.
   *
   * @return ends that
   */
  public static Runnable listen(Consumer<Throwable> listener) {
    LISTENERS.add(listener);
    return () -> LISTENERS.remove(listener);
  }

  private static void happened(Thread thread, Throwable error) {
    if (error instanceof Error && thread.getName().startsWith(IO_THREADS)) {
      LISTENERS.forEach(listener -> listener.accept(error));
    }
  }
}
