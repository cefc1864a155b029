// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.util.Map;

/**
 * Loads workers. Each has classes of its own, and belongs to the thread that has loaded it.
 *
 * @param replaced classes with a planted fault
 */
record WorkerLoading(Map<String, byte[]> replaced) {

  WorldWorker load() {
    ClassLoader loader = new LinkingLoader(replaced);
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return (WorldWorker)
          loader
              .loadClass("io.github.pekkoeventhubs.simulation.Worker")
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the worlds cannot be loaded", e);
    }
  }
}
