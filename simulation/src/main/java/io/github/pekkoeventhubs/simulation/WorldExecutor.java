// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** The threads of a dispatcher: what it runs are tasks of the world. */
public final class WorldExecutor extends ExecutorServiceConfigurator {

  private final World world = World.current();
  private final SimulatedProcess process = world.running();

  /** Pekko makes it by its name. */
  public WorldExecutor(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> new Tasks(world, process);
  }

  private static final class Tasks extends AbstractExecutorService {

    private final World world;
    private final SimulatedProcess process;
    private boolean shutdown;

    Tasks(World world, SimulatedProcess process) {
      this.world = world;
      this.process = process;
    }

    @Override
    public void execute(Runnable task) {
      world.post(process, World.DISPATCHER, task);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return shutdown;
    }
  }
}
