// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.lang.reflect.Field;
import java.util.concurrent.ThreadLocalRandom;

/** Sets the seed of {@link ThreadLocalRandom}, which the JDK keeps in the thread. */
final class ThreadRandom {

  private ThreadRandom() {}

  static void seed(long seed) {
    try {
      ThreadLocalRandom.current();
      Field field = Thread.class.getDeclaredField("threadLocalRandomSeed");
      field.setAccessible(true);
      field.setLong(Thread.currentThread(), seed);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "start the JVM with --add-opens=java.base/java.lang=ALL-UNNAMED", e);
    }
  }
}
