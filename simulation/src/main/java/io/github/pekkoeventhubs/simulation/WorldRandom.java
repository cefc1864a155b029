// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import scala.collection.BuildFrom;
import scala.collection.IterableOnce;
import scala.util.Random;
import scala.util.Random$;

/**
 * Random numbers of the world, for calls of the JDK's {@link ThreadLocalRandom}, whose own numbers
 * depend on the thread.
 */
public final class WorldRandom {

  private WorldRandom() {}

  private static SplittableRandom random() {
    return World.current().random();
  }

  /** Like the method of the same name, of an object whose seed is the time. */
  public static Object shuffle(Random$ unused, IterableOnce<?> elements, BuildFrom<?, ?, ?> form) {
    return shuffled(new Random(random().nextLong()), elements, form);
  }

  @SuppressWarnings("unchecked") // The types are Scala's, and have no names in Java.
  private static Object shuffled(Random random, IterableOnce<?> elements, BuildFrom<?, ?, ?> form) {
    return random.shuffle(
        (IterableOnce<Object>) elements, (BuildFrom<IterableOnce<Object>, Object, Object>) form);
  }

  /** Like the method of the same name. */
  public static double nextDouble(ThreadLocalRandom unused) {
    return random().nextDouble();
  }

  /** Like the method of the same name. */
  public static double nextDouble(ThreadLocalRandom unused, double bound) {
    return random().nextDouble(bound);
  }

  /** Like the method of the same name. */
  public static double nextDouble(ThreadLocalRandom unused, double origin, double bound) {
    return random().nextDouble(origin, bound);
  }

  /** Like the method of the same name. */
  public static int nextInt(ThreadLocalRandom unused) {
    return random().nextInt();
  }

  /** Like the method of the same name. */
  public static int nextInt(ThreadLocalRandom unused, int bound) {
    return random().nextInt(bound);
  }

  /** Like the method of the same name. */
  public static int nextInt(ThreadLocalRandom unused, int origin, int bound) {
    return random().nextInt(origin, bound);
  }

  /** Like the method of the same name. */
  public static long nextLong(ThreadLocalRandom unused) {
    return random().nextLong();
  }

  /** Like the method of the same name. */
  public static boolean nextBoolean(ThreadLocalRandom unused) {
    return random().nextBoolean();
  }
}
