// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.emulator.amqp.AmqpService;
import io.github.pekkoeventhubs.emulator.amqp.Broker;
import io.github.pekkoeventhubs.emulator.amqp.OffsetFormat;
import io.github.pekkoeventhubs.emulator.amqp.Retention;
import io.github.pekkoeventhubs.emulator.amqp.ServiceSettings;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Azure Event Hubs inside this JVM, on a loopback port: the unmodified official clients connect to
 * it with {@link #connectionString()}.
 *
 * <pre>{@code
 * try (EventHubsEmulator emulator =
 *     EventHubsEmulator.builder().eventHub("orders", 4).consumerGroup("billing").start()) {
 *   emulator.send("orders", "0", new EventData("hello"));
 *   …
 * }
 * }</pre>
 *
 * <p>Everything is kept in memory. All methods may be called from any thread and take effect before
 * they return. Names of event hubs and consumer groups are found in any case; a name of something
 * that does not exist is answered with a {@link NoSuchElementException}.
 */
public final class EventHubsEmulator implements AutoCloseable {
  private final AmqpService service;
  private final EventHubsFaults faults;
  private final String keyName;
  private final String key;
  private final JumpingClock clock;
  private final DirectoryLock lock;

  private EventHubsEmulator(
      AmqpService service, DirectoryLock lock, JumpingClock clock, String keyName, String key) {
    this.service = service;
    this.lock = lock;
    this.clock = clock;
    this.faults = new EventHubsFaults(service, clock, null);
    this.keyName = keyName;
    this.key = key;
  }

  /** Returns a builder of an emulator; only the event hubs have to be given. */
  public static Builder builder() {
    return new Builder();
  }

  /** The port on the loopback interface. */
  public int port() {
    return service.port();
  }

  /** For a client that names the event hub itself. */
  public String connectionString() {
    return "Endpoint=sb://localhost:%d;SharedAccessKeyName=%s;SharedAccessKey=%s;UseDevelopmentEmulator=true"
        .formatted(port(), keyName, key);
  }

  /** For a client of this event hub only ({@code EntityPath}). */
  public String connectionString(String eventHub) {
    return connectionString() + ";EntityPath=" + eventHub;
  }

  /** Faults on command, for all clients. */
  public EventHubsFaults faults() {
    return faults;
  }

  /**
   * Faults on command that affect this event hub only. A connection belongs to it if its client has
   * attached to it, asked about it or presented a token for it. {@link EventHubsFaults#jumpClock},
   * {@link EventHubsFaults#refuseNextManagementLinks} and {@link
   * EventHubsFaults#refuseNextTokenLinks} affect the whole service nevertheless, and methods that
   * take an event hub affect that one.
   */
  public EventHubsFaults faults(String eventHub) {
    call(broker -> broker.partitionIds(eventHub));
    return new EventHubsFaults(service, clock, eventHub);
  }

  /**
   * Stores events in a partition, with every field, as the official Java client would send them.
   *
   * @return the sequence number of the last one
   * @throws IllegalArgumentException if that client could not encode or send one of them
   */
  public long send(String eventHub, String partitionId, EventData... events) {
    List<byte[]> messages = EventDataEncoder.encodeAll(service.maxMessageSize(), events);
    return call(broker -> broker.append(eventHub, partitionId, messages));
  }

  /**
   * Stores events in the partition where the service puts events with this key.
   *
   * @param partitionKey 1 to 128 characters, counted as {@link String#length} counts, as the
   *     official Java client requires
   * @return the id of that partition
   * @throws IllegalArgumentException if the key is empty or longer, or as for {@link #send}
   */
  public String sendWithKey(String eventHub, String partitionKey, EventData... events) {
    EventDataEncoder.checkKey(partitionKey);
    List<byte[]> messages = EventDataEncoder.encodeAll(service.maxMessageSize(), events);
    return call(broker -> broker.appendWithKey(eventHub, partitionKey, messages));
  }

  /** The names of the event hubs, in alphabetical order. */
  public List<String> eventHubs() {
    return call(broker -> broker.eventHubs());
  }

  /** The ids of the partitions: {@code "0"}, {@code "1"} and so on. */
  public List<String> partitionIds(String eventHub) {
    return call(broker -> broker.partitionIds(eventHub));
  }

  /** The events of a partition that are kept, oldest first. */
  public List<StoredEvent> events(String eventHub, String partitionId) {
    return call(broker -> broker.entries(eventHub, partitionId)).stream()
        .map(StoredEvent::new)
        .toList();
  }

  /** Positions and counts of a partition. */
  public PartitionState partition(String eventHub, String partitionId) {
    return PartitionState.of(call(broker -> broker.partitionSnapshot(eventHub, partitionId)));
  }

  /** The receivers that are attached now, ordered by event hub, partition and consumer group. */
  public List<AttachedReceiver> receivers() {
    return call(broker -> broker.receivers()).stream().map(AttachedReceiver::of).toList();
  }

  /** The receivers of this partition and consumer group that are attached now. */
  public List<AttachedReceiver> receivers(
      String eventHub, String consumerGroup, String partitionId) {
    return receivers().stream()
        .filter(receiver -> receiver.eventHub().equalsIgnoreCase(eventHub))
        .filter(receiver -> receiver.consumerGroup().equalsIgnoreCase(consumerGroup))
        .filter(receiver -> receiver.partitionId().equals(partitionId))
        .toList();
  }

  /** Clients that are connected now; one client may have several connections. */
  public int connectionCount() {
    return service.connectionCount();
  }

  /** The connections that are there now, oldest first. */
  public List<ConnectedClient> connections() {
    return service.connections().stream().map(ConnectedClient::of).toList();
  }

  /** The consumer groups of an event hub, in alphabetical order. */
  public List<String> consumerGroups(String eventHub) {
    return call(broker -> broker.consumerGroups(eventHub));
  }

  /**
   * Adds an event hub.
   *
   * @throws IllegalArgumentException if there is one of this name, or the count is less than 1
   */
  public void addEventHub(String eventHub, int partitionCount, String... consumerGroups) {
    WantedTopology.requirePartitions(eventHub, partitionCount);
    change(
        broker -> broker.createEventHub(eventHub, partitionCount, Arrays.asList(consumerGroups)));
  }

  /** Removes an event hub with its events; its clients are detached with {@code amqp:not-found}. */
  public void deleteEventHub(String eventHub) {
    change(broker -> broker.deleteEventHub(eventHub));
  }

  /**
   * Deletes an event hub and creates an empty one with the same name and consumer groups, so that
   * sequence numbers and offsets begin anew.
   */
  public void recreateEventHub(String eventHub, int partitionCount) {
    WantedTopology.requirePartitions(eventHub, partitionCount);
    change(broker -> broker.recreateEventHub(eventHub, partitionCount));
  }

  /** Adds partitions until there are this many; does nothing if there are more already. */
  public void growEventHub(String eventHub, int partitionCount) {
    change(broker -> broker.growEventHub(eventHub, partitionCount));
  }

  /** Adds a consumer group; does nothing if it exists. */
  public void addConsumerGroup(String eventHub, String consumerGroup) {
    change(broker -> broker.addConsumerGroup(eventHub, consumerGroup));
  }

  /** Removes a consumer group; its receivers are detached with {@code amqp:not-found}. */
  public void deleteConsumerGroup(String eventHub, String consumerGroup) {
    change(broker -> broker.removeConsumerGroup(eventHub, consumerGroup));
  }

  /** Keeps only the newest events of each partition of the event hub, from now on. */
  public void retainEvents(String eventHub, int maxEventsPerPartition) {
    Retention retention = Retention.UNLIMITED.withMaxEvents(maxEventsPerPartition);
    change(broker -> broker.retain(eventHub, retention));
  }

  /** Removes all events of the partition with a lower sequence number, as retention would. */
  public void removeEventsBefore(String eventHub, String partitionId, long sequenceNumber) {
    change(broker -> broker.removeBefore(eventHub, partitionId, sequenceNumber));
  }

  /** Ends the emulator: drops all connections and frees the port. Does nothing the second time. */
  @Override
  public void close() {
    service.close();
    lock.close();
  }

  private void change(Consumer<Broker> change) {
    call(
        broker -> {
          change.accept(broker);
          return true;
        });
  }

  private <T> T call(Function<Broker, T> command) {
    return UnknownNames.report(() -> service.call(command));
  }

  /** Says what to start. Not thread-safe. */
  public static final class Builder {
    private final List<WantedTopology> eventHubs = new ArrayList<>();
    private int port;
    private int maxMessageSize = 1024 * 1024;
    private boolean preSettled = true;
    private String keyName = "RootManageSharedAccessKey";
    private String key = "SAS_KEY_VALUE";
    private boolean verifySas;
    private OffsetFormat offsetFormat = OffsetFormat.NUMERIC;
    private Retention retention = Retention.UNLIMITED;
    private Clock clock = Clock.systemUTC();
    private Duration idleTimeout = Duration.ofMinutes(4);
    private @Nullable Path directory;

    private Builder() {}

    /** Adds an event hub, which has the consumer group {@code $Default} already. */
    public Builder eventHub(String name, int partitionCount) {
      eventHubs.add(new WantedTopology(name, partitionCount, new ArrayList<>()));
      return this;
    }

    /**
     * Adds a consumer group to the event hub that was added last.
     *
     * @throws IllegalStateException if none was added yet
     */
    public Builder consumerGroup(String name) {
      if (eventHubs.isEmpty()) {
        throw new IllegalStateException(
            "The consumer group '" + name + "' belongs to no event hub; call eventHub(..) first");
      }
      eventHubs.get(eventHubs.size() - 1).consumerGroups().add(name);
      return this;
    }

    /** The port to listen on; 0, the default, takes any that is free. */
    public Builder port(int newPort) {
      port = newPort;
      return this;
    }

    /** The size of the largest event or batch in bytes; 1 MiB by default. */
    public Builder maxMessageSize(int bytes) {
      if (bytes < 1024) {
        throw new IllegalArgumentException(
            "maxMessageSize is " + bytes + " bytes; the clients need at least 1024");
      }
      maxMessageSize = bytes;
      return this;
    }

    /** Sends events unsettled, so that receivers confirm each; they are sent settled by default. */
    public Builder unsettledDeliveries() {
      preSettled = false;
      return this;
    }

    /** The name and the key of the connection string, which sign its tokens. */
    public Builder sasKey(String name, String newKey) {
      keyName = name;
      key = newKey;
      return this;
    }

    /** Whether signature and expiry of tokens are checked; false by default. */
    public Builder verifySas(boolean verify) {
      verifySas = verify;
      return this;
    }

    /** Gives events offsets like {@code 3:128:78}, as a geo-replicated namespace does. */
    public Builder geoReplicatedOffsets() {
      offsetFormat = OffsetFormat.GEO_REPLICATED;
      return this;
    }

    /** Keeps only the newest events of each partition; all by default. */
    public Builder retainEvents(int maxEventsPerPartition) {
      retention = retention.withMaxEvents(maxEventsPerPartition);
      return this;
    }

    /** Keeps events for this long, by the emulator's clock; for ever by default. */
    public Builder retainFor(Duration maxAge) {
      retention = retention.withMaxAge(maxAge);
      return this;
    }

    /** Gives enqueued times and tells when events and tokens expire; the system's by default. */
    public Builder clock(Clock newClock) {
      clock = newClock;
      return this;
    }

    /**
     * Keeps events in files below this directory as well, and begins with those that are there. A
     * crash of the machine may lose the last ones. One emulator may use the directory at a time,
     * and one of blobs beside it. By default everything is gone at the end.
     */
    public Builder persist(Path newDirectory) {
      directory = newDirectory;
      return this;
    }

    /** The time after which a silent client's connection is closed; 4 minutes by default. */
    Builder idleTimeout(Duration timeout) {
      idleTimeout = timeout;
      return this;
    }

    /**
     * Starts the emulator.
     *
     * @throws UncheckedIOException if the port or the directory is taken, or what was kept cannot
     *     be read
     * @throws IllegalArgumentException if two event hubs have the same name
     */
    public EventHubsEmulator start() {
      JumpingClock jumping = new JumpingClock(clock);
      DirectoryLock lock = DirectoryLock.take(directory, "events");
      EventHubsEmulator emulator;
      try {
        emulator = new EventHubsEmulator(service(jumping), lock, jumping, keyName, key);
      } catch (RuntimeException e) {
        lock.close();
        throw e;
      }
      try {
        for (WantedTopology eventHub : eventHubs) {
          emulator.addEventHub(
              eventHub.name(),
              eventHub.partitionCount(),
              eventHub.consumerGroups().toArray(new String[0]));
        }
        return emulator;
      } catch (RuntimeException e) {
        emulator.close();
        throw e;
      }
    }

    private AmqpService service(Clock jumping) {
      return AmqpService.start(
          new ServiceSettings(
              port,
              maxMessageSize,
              preSettled,
              Map.of(keyName, key),
              verifySas,
              offsetFormat,
              retention,
              jumping,
              idleTimeout,
              directory));
    }
  }
}
