// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.FileTrouble;
import io.github.pekkoeventhubs.emulator.Internal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded Event Hubs service on a loopback port. All methods may be called from any thread and
 * take effect before they return.
 */
@Internal
public final class AmqpService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpService.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration THROTTLE_INTERVAL = Duration.ofMillis(10);
  private static final long THROTTLE_INTERVALS_PER_SECOND =
      Duration.ofSeconds(1).dividedBy(THROTTLE_INTERVAL);

  private final ServiceSettings settings;
  private final Broker broker;
  private final @Nullable SharedAccessKeys keys;
  private final EventLoop loop;
  private final ServerSocketChannel server;
  private final Set<AmqpConnection> connections = new LinkedHashSet<>();

  private AmqpService(ServiceSettings settings) throws IOException {
    this.settings = settings;
    broker =
        new Broker(
            settings.clock(), settings.offsetFormat(), settings.retention(), settings.directory());
    keys =
        settings.verifySas()
            ? new SharedAccessKeys(settings.sharedAccessKeys(), settings.clock())
            : null;
    server = ServerSocketChannel.open();
    try {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port()));
      loop = new EventLoop("embedded-event-hubs-" + server.socket().getLocalPort());
      loop.register(server, SelectionKey.OP_ACCEPT, new Acceptor());
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Starts a service without any event hub.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static AmqpService start(ServiceSettings settings) {
    try {
      AmqpService service = new AmqpService(settings);
      service.loop.schedule(TICK, service::tick);
      service.loop.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The embedded Event Hubs service cannot listen on port "
              + settings.port()
              + " ("
              + FileTrouble.reason(e)
              + "); give another, or 0 for any that is free",
          e);
    }
  }

  public int port() {
    return server.socket().getLocalPort();
  }

  /** The size of the largest event or batch, in bytes. */
  public int maxMessageSize() {
    return settings.maxMessageSize();
  }

  /** Runs something on the broker, between two frames, and returns its result. */
  public <T> T call(Function<Broker, T> action) {
    return loop.call(() -> action.apply(broker));
  }

  public int connectionCount() {
    return loop.call(connections::size);
  }

  public List<ConnectionSnapshot> connections() {
    return loop.call(() -> connections.stream().map(AmqpConnection::snapshot).toList());
  }

  // The following methods that take an event hub affect its clients only; with null, all clients.

  /** Closes sockets without a closing frame of the protocol. */
  public Fault dropConnections(@Nullable String eventHub) {
    return strikeConnections(
        eventHub,
        connection -> {
          connection.drop();
          return 1;
        });
  }

  /** Closes connections as the protocol demands, with the error unless it is null. */
  public Fault closeConnections(@Nullable String eventHub, @Nullable ServiceException error) {
    return strikeConnections(
        eventHub,
        connection -> {
          connection.close(error);
          return 1;
        });
  }

  /** Ends sessions that carry events, and leaves their connections open. */
  public Fault endSessions(@Nullable String eventHub) {
    return strikeConnections(eventHub, AmqpConnection::endSessions);
  }

  /**
   * Neither reads from nor writes to the connections that are there now.
   *
   * @param fault counts the connections
   * @return ends it
   */
  public Runnable freezeConnections(@Nullable String eventHub, Fault fault) {
    return loop.call(
        () -> {
          List<AmqpConnection> frozen =
              connections.stream().filter(connection -> connection.concerns(eventHub)).toList();
          frozen.forEach(AmqpConnection::freeze);
          fault.struck(frozen.size());
          return onceOnLoop(() -> frozen.forEach(AmqpConnection::thaw));
        });
  }

  /** Returns an action that makes the thief give its partition back. */
  public Runnable endOnLoop(Thief thief) {
    return onceOnLoop(thief::end);
  }

  /**
   * Sends nothing of this partition until the returned action is run.
   *
   * @param fault counts how often an event had to wait
   */
  public Runnable stall(String eventHub, String partitionId, Fault fault) {
    return loop.call(
        () -> {
          Partition partition = broker.partition(eventHub, partitionId);
          partition.deliveryGate().stall(fault);
          return onceOnLoop(
              () -> {
                partition.deliveryGate().resume(fault);
                partition.wakeSubscriptions();
              });
        });
  }

  /**
   * Sends this number of events of the partition per second until the returned action is run.
   *
   * @param fault counts how often an event had to wait
   */
  public Runnable throttle(String eventHub, String partitionId, int eventsPerSecond, Fault fault) {
    return loop.call(
        () -> {
          Throttle throttle =
              new Throttle(broker.partition(eventHub, partitionId), eventsPerSecond, fault);
          throttle.begin();
          return onceOnLoop(throttle::end);
        });
  }

  /** Drops all connections and frees the port. */
  @Override
  public void close() {
    loop.close();
    broker.close();
  }

  private Fault strikeConnections(@Nullable String eventHub, ToIntFunction<AmqpConnection> blow) {
    return loop.call(
        () -> {
          Fault fault = new Fault(0);
          for (AmqpConnection connection : List.copyOf(connections)) {
            if (connection.concerns(eventHub)) {
              fault.struck(blow.applyAsInt(connection));
            }
          }
          return fault;
        });
  }

  /** A second run does nothing, and neither does one after the service was closed. */
  private Runnable onceOnLoop(Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true) && !loop.isClosed()) {
        loop.call(
            () -> {
              action.run();
              return true;
            });
      }
    };
  }

  private void tick() {
    List.copyOf(connections).forEach(AmqpConnection::tick);
    broker.expireEvents();
    loop.schedule(TICK, this::tick);
  }

  private void accept(SocketChannel channel) throws IOException {
    try {
      connections.add(
          new AmqpConnection(
              channel,
              loop,
              broker,
              settings,
              new Authorization(keys, settings.clock()),
              connections::remove));
    } catch (IOException e) {
      // The client has left again; the next one is accepted all the same.
      LOG.debug("A connection was lost as it was made", e);
      channel.close();
    }
  }

  /** Takes connections in. */
  private final class Acceptor implements EventLoop.Channel {
    @Override
    public void onReady() throws IOException {
      SocketChannel channel = server.accept();
      if (channel != null) {
        accept(channel);
      }
    }

    @Override
    public void work() {}

    @Override
    public void abandon() {
      try {
        server.close();
      } catch (IOException e) {
        LOG.debug("Closing the server socket has failed", e);
      }
    }
  }

  /** Opens the gate of a partition for some events at regular intervals. */
  private final class Throttle {
    private final Partition partition;
    private final int eventsPerSecond;
    private final Fault fault;
    private long intervals;
    private boolean ended;

    Throttle(Partition partition, int eventsPerSecond, Fault fault) {
      this.partition = partition;
      this.eventsPerSecond = eventsPerSecond;
      this.fault = fault;
    }

    void begin() {
      partition.deliveryGate().beginThrottle(fault);
      next();
    }

    void end() {
      ended = true;
      partition.deliveryGate().endThrottle(fault);
      partition.wakeSubscriptions();
    }

    private void next() {
      if (!ended) {
        long before = intervals * eventsPerSecond / THROTTLE_INTERVALS_PER_SECOND;
        intervals++;
        long after = intervals * eventsPerSecond / THROTTLE_INTERVALS_PER_SECOND;
        partition.deliveryGate().permit(after - before);
        partition.wakeSubscriptions();
        loop.schedule(THROTTLE_INTERVAL, this::next);
      }
    }
  }
}
