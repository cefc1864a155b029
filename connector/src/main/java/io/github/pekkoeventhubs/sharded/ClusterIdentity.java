// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * The identity of the cluster that this node is a member of: a random id that its oldest member has
 * chosen, and that each later member has learnt from the others. Claims carry it. A node that
 * replaces a crashed one tells by it that a claim was made in its own cluster.
 *
 * <p>Each member registers an actor with the receptionist whose name is the id, so that the id
 * lives as long as any member. Where nodes have chosen ids at the same time, members know all of
 * them and sign with the smallest. A cluster that has ended takes its id with it.
 *
 * <p>Read by any thread.
 */
final class ClusterIdentity {

  /**
   * How long a node waits for the oldest member, which may run without this library or with an
   * earlier version of it.
   */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Until an id is known. Claims wait for it. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

  private final Duration patience;
  private volatile Set<String> ids = Set.of();
  private final CompletableFuture<Done> known = new CompletableFuture<>();

  /**
   * @param patience how long to wait as a member for the id of the others
   */
  ClusterIdentity(Duration patience) {
    this.patience = patience;
  }

  sealed interface Command {}

  private record Listed(Set<String> ids) implements Command {}

  private record Look() implements Command {}

  /** The part that a node has in its cluster now. */
  enum Standing {
    /** It is no member yet, or none any more. */
    OUTSIDE,
    /** It is a member, and there is an older one. */
    MEMBER,
    /** It is the oldest member. */
    OLDEST
  }

  /** The ids that members of this cluster have chosen. None before the first is known. */
  Set<String> ids() {
    return ids;
  }

  /** The id that claims are signed with; empty until it is known. */
  Optional<String> id() {
    return ids.stream().min(String::compareTo);
  }

  /** Completes when the first id is known, on the thread that learns it. */
  CompletionStage<Done> known() {
    return known;
  }

  /**
   * The actor that learns the id or chooses one.
   *
   * @param key under which members register
   * @param standing of this node, asked again until an id is known
   * @param random makes new ids
   */
  Behavior<Command> agree(
      ServiceKey<String> key, Supplier<Standing> standing, Supplier<String> random) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new Agreement(context, timers, key, standing, random)));
  }

  /** Waits for the id of the others, chooses one if there is none, and passes it on. */
  private final class Agreement extends AbstractBehavior<Command> {

    private final TimerScheduler<Command> timers;
    private final ServiceKey<String> key;
    private final Supplier<Standing> standing;
    private final Supplier<String> random;
    private Duration waited = Duration.ZERO;

    Agreement(
        ActorContext<Command> context,
        TimerScheduler<Command> timers,
        ServiceKey<String> key,
        Supplier<Standing> standing,
        Supplier<String> random) {
      super(context);
      this.timers = timers;
      this.key = key;
      this.standing = standing;
      this.random = random;
      ActorRef<Receptionist.Listing> listings =
          context.messageAdapter(
              Receptionist.Listing.class,
              listing ->
                  new Listed(
                      listing.getAllServiceInstances(key).stream()
                          .map(carrier -> carrier.path().name())
                          .collect(Collectors.toSet())));
      context.getSystem().receptionist().tell(Receptionist.subscribe(key, listings));
      timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, LOOK_INTERVAL);
    }

    @Override
    public Receive<Command> createReceive() {
      return newReceiveBuilder()
          .onMessage(Listed.class, listed -> learn(listed.ids()))
          .onMessage(Look.class, look -> look())
          .build();
    }

    private Behavior<Command> look() {
      Standing now = standing.get();
      waited = now == Standing.OUTSIDE ? Duration.ZERO : waited.plus(LOOK_INTERVAL);
      boolean chooses = now == Standing.OLDEST || waited.compareTo(patience) > 0;
      return ids.isEmpty() && chooses ? learn(Set.of(random.get())) : this;
    }

    private Behavior<Command> learn(Set<String> found) {
      Set<String> all = new HashSet<>(ids);
      for (String id : found) {
        if (all.add(id)) {
          ActorRef<String> carrier = getContext().spawn(Behaviors.ignore(), id);
          getContext().getSystem().receptionist().tell(Receptionist.register(key, carrier));
        }
      }
      ids = Set.copyOf(all);
      if (!all.isEmpty()) {
        timers.cancelAll();
        known.complete(Done.getInstance());
      }
      return this;
    }
  }
}
