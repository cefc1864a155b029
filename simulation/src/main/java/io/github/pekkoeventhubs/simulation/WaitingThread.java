// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.function.Supplier;
import scala.Function0;
import scala.concurrent.BlockContext;
import scala.concurrent.CanAwait;

/**
 * Pekko waits for an actor's answer in one place: when the materializer of a system is made. There
 * is no other thread that could answer, so the one that waits does the work of its node first.
 */
final class WaitingThread implements BlockContext {

  private final World world;

  private WaitingThread(World world) {
    this.world = world;
  }

  static <T> T around(World world, Supplier<T> work) {
    Function0<T> body = work::get;
    return BlockContext.withBlockContext(new WaitingThread(world), body);
  }

  @Override
  public <T> T blockOn(Function0<T> thunk, CanAwait permission) {
    world.runDue(world.running());
    return thunk.apply();
  }
}
