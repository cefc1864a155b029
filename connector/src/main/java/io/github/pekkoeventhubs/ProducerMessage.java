// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.EventData;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.annotation.InternalApi;

/**
 * The elements of the producer's flows and sinks: events, where they go, and what comes back. All
 * of them are immutable, and safe for all threads, as long as nobody changes the SDK's events in
 * them. Routes that cannot exist are refused with an {@link IllegalArgumentException}; the flow or
 * sink reports what happens to an event.
 */
public final class ProducerMessage {

  private ProducerMessage() {}

  /**
   * One event and where it goes, with something to pass through.
   *
   * @param passThrough comes out with the results, once the event has been acknowledged
   */
  public static <P> Envelope<P> single(EventData event, Route route, P passThrough) {
    return new Envelope<>(List.of(new Routed(event, route)), passThrough);
  }

  /** One event and where it goes, with nothing to pass through. */
  public static Envelope<NotUsed> single(EventData event, Route route) {
    return single(event, route, NotUsed.getInstance());
  }

  /**
   * Several events, to the same or to different routes, with something to pass through once all of
   * them have been acknowledged. They are not sent as one: each travels in a batch of its route,
   * and if the stream fails some may have been taken in.
   */
  public static <P> Envelope<P> multi(List<Routed> events, P passThrough) {
    return new Envelope<>(events, passThrough);
  }

  /**
   * Nothing to send: comes out with empty results after the results of the envelopes before it. For
   * inputs that produce no event and are to be committed all the same.
   */
  public static <P> Envelope<P> passThrough(P passThrough) {
    return new Envelope<>(List.of(), passThrough);
  }

  /** Where an event goes within the event hub. */
  public sealed interface Route {

    /**
     * The characters that a partition key may have: 128, counted as {@link String#length} counts,
     * so that a character outside of Unicode's basic plane counts as two. It is the limit of the
     * official Java client (azure-messaging-eventhubs 5.21.5). The service's own limit is not
     * documented; other official clients do not check any.
     */
    int MAX_KEY_LENGTH = 128;

    /**
     * To the partition the service chooses for this key: always the same one while the event hub
     * has the same number of partitions. Events of one key keep their order.
     *
     * @param key 1 to {@link #MAX_KEY_LENGTH} characters
     * @throws IllegalArgumentException if the key is empty or longer
     */
    static Route partitionKey(String key) {
      return new PartitionKey(key);
    }

    /**
     * To this partition. Events that name the partition keep their order among themselves.
     *
     * @throws IllegalArgumentException if the id is empty
     */
    static Route partitionId(String id) {
      return new PartitionId(id);
    }

    /**
     * To the partitions in turn, batch by batch, as the service chooses: the most available route,
     * without any order.
     */
    static Route roundRobin() {
      return RoundRobin.INSTANCE;
    }

    /** Whether events of this route keep their order. */
    boolean ordered();

    /** Calls the method of this kind of route. */
    @InternalApi
    <R> R choose(Kinds<R> kinds);

    /** One method for each kind of route: a kind without one does not compile. */
    @InternalApi
    interface Kinds<R> {
      R partitionKey(PartitionKey route);

      R partitionId(PartitionId route);

      R roundRobin();
    }

    /** To the partition that the service chooses for a key. */
    record PartitionKey(String key) implements Route {

      /** Checks the key as the official Java client does. */
      public PartitionKey {
        if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
          throw new IllegalArgumentException(
              "A partition key has 1 to "
                  + MAX_KEY_LENGTH
                  + " characters, and not "
                  + key.length()
                  + "; use Route.roundRobin() for events without a key");
        }
      }

      @Override
      public boolean ordered() {
        return true;
      }

      @Override
      public <R> R choose(Kinds<R> kinds) {
        return kinds.partitionKey(this);
      }
    }

    /** To one partition. */
    record PartitionId(String id) implements Route {

      /** Checks that there is an id. */
      public PartitionId {
        if (id.isEmpty()) {
          throw new IllegalArgumentException(
              "A partition id must not be empty; use Route.roundRobin() for events to any"
                  + " partition");
        }
      }

      @Override
      public boolean ordered() {
        return true;
      }

      @Override
      public <R> R choose(Kinds<R> kinds) {
        return kinds.partitionId(this);
      }
    }

    /** To any partition. */
    enum RoundRobin implements Route {
      /** The only one. */
      INSTANCE;

      @Override
      public boolean ordered() {
        return false;
      }

      @Override
      public <R> R choose(Kinds<R> kinds) {
        return kinds.roundRobin();
      }

      @Override
      public String toString() {
        return "RoundRobin";
      }
    }
  }

  /** An event and where it goes. */
  public record Routed(EventData event, Route route) {

    /** Neither may be null. */
    public Routed {
      Objects.requireNonNull(event, "event");
      Objects.requireNonNull(route, "route");
    }
  }

  /**
   * Any number of events to be sent, and something to pass through. Built by {@link
   * ProducerMessage#single}, {@link ProducerMessage#multi} and {@link ProducerMessage#passThrough}.
   *
   * @param events in the order in which those of one route are sent
   * @param passThrough comes out with the results
   */
  public record Envelope<P>(List<Routed> events, P passThrough) {

    /** Keeps a copy of the list. */
    public Envelope {
      events = List.copyOf(events);
    }

    /** The same events with something else to pass through. */
    public <Q> Envelope<Q> withPassThrough(Q other) {
      return new Envelope<>(events, other);
    }
  }

  /**
   * An envelope's events have been acknowledged by the service.
   *
   * @param sent what has been acknowledged, in the order of the envelope: an event that an {@link
   *     OversizedEventHandler} replaced appears as its replacement, one that it took away does not
   *     appear
   * @param passThrough from the envelope
   */
  public record Results<P>(List<Routed> sent, P passThrough) {

    /** Keeps a copy of the list. */
    public Results {
      sent = List.copyOf(sent);
    }

    /** The acknowledged events without their routes. */
    public List<EventData> events() {
      return sent.stream().map(Routed::event).toList();
    }

    /**
     * The partition that all of the events went to, where it is known: where all of them named it.
     * The service does not tell which partition it chose for a key or in turn.
     */
    public Optional<String> partition() {
      List<Route> routes = sent.stream().map(Routed::route).distinct().toList();
      return routes.size() == 1 && routes.get(0) instanceof Route.PartitionId partition
          ? Optional.of(partition.id())
          : Optional.empty();
    }
  }
}
