// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.receive.EventHubServices;
import io.github.pekkoeventhubs.simulation.cluster.Host;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.jspecify.annotations.Nullable;

/**
 * A node: an actor system of its own, and a user's stream in it, which is restarted if it fails.
 */
final class SimulatedNode {

  private static final ClassLoader CLASSES = SimulatedNode.class.getClassLoader();

  /** With the times that users have. */
  private static final Config DEFAULTS = configuration();

  /** With times that suit a world of two minutes. */
  private static final Config SHORT = configuration("simulated-node.conf");

  private static final Config DEFAULT_CLUSTER = configuration("simulated-cluster.conf");

  private static final Config SHORT_CLUSTER =
      configuration("simulated-cluster.conf", "simulated-node.conf");

  /** Members of clusters differ in their names alone. {@link WorldConfig} keeps these. */
  private static final Map<String, Config> MEMBERS = new HashMap<>();

  private final World world;
  private final Surroundings surroundings;
  private final Runnable onExpulsion;
  final SimulatedProcess process;
  private @Nullable ActorSystem system;
  private Consumer.@Nullable DrainingControl<Done> control;
  private boolean leaving;
  private boolean left;

  /** The longest time that the user's function takes for an event. */
  private int mostUserMillis = 30;

  private boolean failsNext;

  /** The user's function takes long for the next event. */
  private boolean slowNext;

  /**
   * @param onExpulsion done when its cluster has expelled it, and its process has ended for that
   */
  SimulatedNode(World world, Surroundings surroundings, int number, Runnable onExpulsion) {
    this.world = world;
    this.onExpulsion = onExpulsion;
    this.surroundings = surroundings;
    this.process = new SimulatedProcess(number, "node-" + number);
  }

  boolean isAlive() {
    return process.state != SimulatedProcess.State.DEAD && !left;
  }

  boolean isLeaving() {
    return leaving;
  }

  void start() {
    world.tell(process.name + " starts");
    world.within(
        process,
        () -> {
          ActorSystem made = made();
          system = made;
          EventHubServices.of(made)
              .replace(
                  (settings, level) ->
                      new SimulatedEventHub(world, process, surroundings.hub(), level));
        });
    world.post(process, "start", this::startStream);
  }

  private ActorSystem made() {
    if (!surroundings.scenario().sharded()) {
      return ActorSystem.create(
          process.name, surroundings.scenario().defaultTimes() ? DEFAULTS : SHORT, CLASSES);
    }
    Host host = new NodeHost(world, process);
    surroundings.network().add(host);
    ActorSystem member =
        ActorSystem.create(
            "world",
            memberConfiguration(process.name, surroundings.scenario().defaultTimes()),
            CLASSES);
    member.getWhenTerminated().thenAccept(done -> ended());
    surroundings.membership().join(host, member);
    return member;
  }

  /** The files one before the other, and what all nodes have in common. */
  private static Config configuration(String... files) {
    Config all = ConfigFactory.empty();
    for (String file : files) {
      all = all.withFallback(ConfigFactory.parseResources(CLASSES, file));
    }
    return ConfigFactory.load(
        CLASSES, all.withFallback(ConfigFactory.parseResources(CLASSES, "simulated-threads.conf")));
  }

  private static Config memberConfiguration(String name, boolean defaultTimes) {
    return MEMBERS.computeIfAbsent(
        name + (defaultTimes ? " with default times" : ""),
        unused ->
            ConfigFactory.parseString("pekko.remote.artery.canonical.hostname = " + name)
                .withFallback(defaultTimes ? DEFAULT_CLUSTER : SHORT_CLUSTER));
  }

  private void ended() {
    if (leaving) {
      gone();
    } else {
      world.tell(process.name + " was expelled from the cluster, and ends");
      end();
      onExpulsion.run();
    }
  }

  private record NodeHost(World world, SimulatedProcess process) implements Host {

    @Override
    public String name() {
      return process.name;
    }

    @Override
    public void later(long nanos, Runnable task) {
      world.after(process, nanos, "network", task);
    }

    @Override
    public boolean isDead() {
      return process.state == SimulatedProcess.State.DEAD;
    }
  }

  private void startStream() {
    ActorSystem running = system;
    if (running == null || leaving) {
      return;
    }
    // The claims of the stream before may be released after this one has begun, also those that
    // were on their way when it failed.
    process.failedRequests++;
    Consumer.DrainingControl<Done> started =
        UserStream.start(
            running,
            new SimulatedStore(world, process, surroundings.records(), surroundings.storeFaults()),
            surroundings.scenario(),
            this::process);
    control = started;
    started.streamCompletion().whenComplete((done, failure) -> ended(failure));
  }

  private void ended(@Nullable Throwable failure) {
    if (failure != null) {
      world.tell("its stream fails: " + failure);
    }
    if (!leaving) {
      world.after(process, world.between(300, 1_500), "restart", this::startStream);
    }
  }

  private CompletionStage<CommittableEvent> process(CommittableEvent event) {
    String id = event.partition().partitionId();
    long number = event.sequenceNumber();
    surroundings.oracle().emitted(process, id, event.fencingToken(), number, event.offset());
    surroundings.hub().partition(id).links.forEach(HubLink::look);
    if (failsNext) {
      failsNext = false;
      world.tell("the user's function fails at event " + number + " of partition " + id);
      return CompletableFuture.failedFuture(new IllegalStateException("the user's function"));
    }
    CompletableFuture<CommittableEvent> result = new CompletableFuture<>();
    world.after(
        process,
        userTime(),
        "user",
        () -> {
          surroundings.oracle().processed(id, number, event.offset());
          result.complete(event);
        });
    return result;
  }

  private long userTime() {
    if (slowNext) {
      slowNext = false;
      return world.between(12_000, 14_000);
    }
    return world.between(0, mostUserMillis);
  }

  /** The next event takes longer than a claim lasts without renewal, and less than a hand-over. */
  void slowNext() {
    slowNext = true;
  }

  /** From now on the user's function takes up to so long. */
  void slow(int mostMillis) {
    mostUserMillis = mostMillis;
  }

  void failNext() {
    failsNext = true;
  }

  void crash() {
    world.tell(process.name + " crashes");
    end();
  }

  private void end() {
    world.kill(process);
    surroundings.linksOf(process).forEach(HubLink::cancel);
  }

  /** Freezes with its next requests to the store on their way, or at once. */
  void freezeAfter(int requests) {
    if (requests == 0) {
      world.freeze(process);
    } else {
      process.freezesAfter = requests;
    }
  }

  /** The store refuses its next checkpoint write, and it freezes while it looks for the reason. */
  void freezeWhenRefused() {
    process.refusedOnce = true;
  }

  void wake() {
    process.freezesAfter = 0;
    process.refusedOnce = false;
    process.refusedPartition = "";
    if (process.state == SimulatedProcess.State.FROZEN) {
      world.tell(process.name + " wakes");
      world.wake(process);
    }
  }

  void leave() {
    world.tell(process.name + " leaves");
    leaving = true;
    world.post(
        process,
        "leave",
        () -> {
          ActorSystem member = surroundings.scenario().sharded() ? system : null;
          Consumer.DrainingControl<Done> running = control;
          if (running == null || (member != null && world.random().nextBoolean())) {
            drained(member);
          } else {
            running.drainAndShutdown().whenComplete((done, failure) -> drained(member));
          }
        });
  }

  private void drained(@Nullable ActorSystem member) {
    if (member == null) {
      gone();
    } else {
      CoordinatedShutdown.get(member).runAll(CoordinatedShutdown.clusterLeavingReason());
    }
  }

  private void gone() {
    if (left) {
      return;
    }
    world.tell(process.name + " has left");
    left = true;
    // Its threads go on for a moment, as those of a process do that is about to end.
    world.after(world.services(), world.between(5_000, 6_000), "end", () -> world.kill(process));
  }

  /** The status of the stream; null while none runs. */
  @Nullable ConsumerStatus status() {
    Consumer.DrainingControl<Done> running = control;
    return running == null ? null : running.status();
  }
}
