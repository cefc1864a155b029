// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Runs the same work on some threads, and waits for all of them. */
final class Workers {

  private Workers() {}

  static void together(int number, Runnable work) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (RuntimeException | Error e) {
                  failure.set(e);
                }
              },
              "worker-" + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable found = failure.get();
    if (found != null) {
      throw new IllegalStateException("a worker has failed", found);
    }
  }
}
