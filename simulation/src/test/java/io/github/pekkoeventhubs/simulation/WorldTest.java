// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorldTest {

  private static final long SECOND = 1_000_000_000;

  private final World world = new World(1);
  private final SimulatedProcess node = new SimulatedProcess(0, "node-0");
  private final List<String> done = new ArrayList<>();

  @Test
  void aTaskThatComesOnAnotherThreadFailsTheRun() {
    CompletableFuture<Void> elsewhere =
        CompletableFuture.runAsync(() -> world.post(node, "test", () -> done.add("a")));

    assertThatThrownBy(elsewhere::join).hasMessageContaining("another thread");
    assertThatThrownBy(world::check).hasMessage("a task has thrown");
    while (world.step(SECOND)) {}
    assertThat(done).isEmpty();
  }

  @Test
  void timeJumpsToTheNextTimer() {
    world.after(
        node, 5 * SECOND, "test", () -> done.add("after " + world.nanoTime() / SECOND + " s"));

    assertThat(world.step(4 * SECOND)).isFalse();
    assertThat(world.nanoTime()).isEqualTo(4 * SECOND);
    assertThat(done).isEmpty();
    while (world.step(10 * SECOND)) {}

    assertThat(done).containsExactly("after 5 s");
    assertThat(world.nanoTime()).isEqualTo(10 * SECOND);
  }

  @Test
  void aFrozenProcessFindsItsTimersDueWhenItWakes() {
    world.after(node, SECOND, "test", () -> done.add("a"));
    world.freeze(node);
    while (world.step(3 * SECOND)) {}
    assertThat(done).isEmpty();

    world.wake(node);
    while (world.step(4 * SECOND)) {}

    assertThat(done).containsExactly("a");
  }

  @Test
  void aDeadProcessRunsNothing() {
    world.post(node, "test", () -> done.add("a"));
    world.kill(node);
    world.post(node, "test", () -> done.add("b"));
    while (world.step(SECOND)) {}

    assertThat(done).isEmpty();
  }
}
