// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import scala.concurrent.Await$;
import scala.concurrent.Awaitable;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;

/**
 * Pekko waits for an actor's answer in two places: when the materializer of a system is made, and
 * when a node's part of a cluster is. There is no other thread that could answer, so the one that
 * waits does the work of its node until the answer is there, and no more: what comes after it may
 * need what the caller has not finished.
 */
public final class WaitingThread {

  private WaitingThread() {}

  /** In the place of the method of the same name. */
  public static <T> T result(Await$ unused, Awaitable<T> awaited, Duration atMost)
      throws Exception {
    World world = World.current();
    if (awaited instanceof Future<?> future) {
      world.runDue(world.running(), future::isCompleted);
    }
    return Await$.MODULE$.result(awaited, Duration.Zero());
  }
}
