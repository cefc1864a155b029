// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.jspecify.annotations.Nullable;

/** A client's connection: passes what the engine reports on to the links it concerns. */
final class AmqpConnection implements EventLoop.Channel, ServiceLink.Host {
  private static final String CONTAINER_ID = "embedded-event-hubs_G1";
  private static final int MAX_FRAME_SIZE = 64 * 1024;
  private static final int CHANNEL_MAX = 4999;
  private static final Symbol PRODUCT = Symbol.valueOf("product");
  private static final Symbol VERSION = Symbol.valueOf("version");

  /** After so many writes other connections get their turn. */
  private static final int MAX_WRITES_PER_TURN = 32;

  private final EventLoop loop;
  private final Consumer<AmqpConnection> onClosed;
  private final Transport transport = Proton.transport();
  private final Connection connection = Proton.connection();
  private final Collector events = Proton.collector();
  private final TransportSocket socket;
  private final LinkOpener linkOpener;
  private final Set<ServiceLink> links = new LinkedHashSet<>();
  private final Map<String, ReplyLink> replyLinks = new HashMap<>();
  private Queue<ServiceLink> toPump = new ArrayDeque<>();
  private Queue<ServiceLink> pumping = new ArrayDeque<>();
  private final Set<String> eventHubs = new TreeSet<>();
  private final Instant since;
  private final int idleTimeoutMillis;
  private long lastHeardMillis;
  private int freezes;
  private boolean workRequested;
  private boolean closed;

  /**
   * @param onClosed called once when the socket is closed, by either side
   */
  AmqpConnection(
      SocketChannel channel,
      EventLoop loop,
      Broker broker,
      ServiceSettings settings,
      Authorization authorization,
      Consumer<AmqpConnection> onClosed)
      throws IOException {
    this.loop = loop;
    this.onClosed = onClosed;
    this.since = settings.clock().instant();
    this.linkOpener = new LinkOpener(this, loop, broker, settings, authorization);
    transport.setMaxFrameSize(MAX_FRAME_SIZE);
    idleTimeoutMillis = Math.toIntExact(settings.idleTimeout().toMillis());
    lastHeardMillis = loop.millis();
    transport.setIdleTimeout(idleTimeoutMillis);
    transport.setChannelMax(CHANNEL_MAX);
    Sasl sasl = transport.sasl();
    sasl.server();
    sasl.setMechanisms("MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL");
    // A client authenticates later, with a token that it sends to $cbs.
    sasl.done(Sasl.SaslOutcome.PN_SASL_OK);
    connection.collect(events);
    transport.bind(connection);
    socket = new TransportSocket(channel, transport, loop, this);
  }

  @Override
  public void onReady() throws IOException {
    if (freezes > 0) {
      socket.ignore();
      return;
    }
    lastHeardMillis = loop.millis();
    switch (socket.read(this::dispatch)) {
      case OPEN -> requestWork();
      case CLOSED_BY_CLIENT -> drop();
      case MALFORMED ->
          close(new ServiceException(ErrorConditions.DECODE_ERROR, "A frame is malformed"));
    }
  }

  @Override
  public void work() throws IOException {
    workRequested = false;
    if (freezes > 0) {
      return;
    }
    for (int writes = 0; !closed; writes++) {
      pumpLinks();
      dispatch();
      if (closed) {
        return;
      }
      switch (socket.write()) {
        case MORE -> {
          if (writes >= MAX_WRITES_PER_TURN) {
            requestWork();
            return;
          }
        }
        case NOTHING_LEFT, SOCKET_FULL -> {
          return;
        }
        case ENDED -> drop();
      }
    }
  }

  @Override
  public void abandon() {
    drop();
  }

  @Override
  public void drop() {
    if (!closed) {
      closed = true;
      socket.close();
      List.copyOf(links).forEach(ServiceLink::release);
      links.clear();
      onClosed.accept(this);
    }
  }

  /** Neither reads nor writes from now on, as if the network were down. */
  void freeze() {
    freezes++;
    socket.ignore();
  }

  /** Takes one {@link #freeze()} back. */
  void thaw() {
    freezes--;
    if (freezes == 0 && !closed) {
      lastHeardMillis = loop.millis();
      socket.watchAgain();
      requestWork();
    }
  }

  @Override
  public void touched(String address) {
    String path = LinkAddress.path(address);
    int end = path.indexOf('/');
    String name = end < 0 ? path : path.substring(0, end);
    if (!name.isEmpty() && !name.startsWith("$")) {
      eventHubs.add(EventHub.key(name));
    }
  }

  /** Whether the connection uses this event hub; true for null. */
  boolean concerns(@Nullable String eventHub) {
    return eventHub == null || eventHubs.contains(EventHub.key(eventHub));
  }

  ConnectionSnapshot snapshot() {
    String containerId = connection.getRemoteContainer();
    Map<Symbol, Object> properties = connection.getRemoteProperties();
    Object product = properties == null ? null : properties.get(PRODUCT);
    Object version = properties == null ? null : properties.get(VERSION);
    return new ConnectionSnapshot(
        socket.remotePort(),
        containerId == null ? "" : containerId,
        product == null ? "" : version == null ? product.toString() : product + " " + version,
        since,
        Set.copyOf(eventHubs),
        count(ConsumerLink.class),
        count(ProducerLink.class));
  }

  @Override
  public int linkCount() {
    return Math.max(1, links.size());
  }

  private int count(Class<? extends ServiceLink> kind) {
    return (int) links.stream().filter(kind::isInstance).count();
  }

  /** Closes the connection by the protocol, with an error if there is one, and then the socket. */
  void close(@Nullable ServiceException error) {
    if (error != null) {
      connection.setCondition(ServiceLink.condition(error));
    }
    connection.close();
    requestWork();
  }

  /** Ends the sessions that carry events, and only those; returns their number. */
  int endSessions() {
    List<Session> sessions =
        links.stream()
            .filter(link -> link instanceof ConsumerLink || link instanceof ProducerLink)
            .map(link -> link.link().getSession())
            .distinct()
            .toList();
    for (Session session : sessions) {
      releaseLinksOf(session);
      session.close();
    }
    requestWork();
    return sessions.size();
  }

  /**
   * Lets the engine send heartbeats and close the connection of a silent client. If such a client
   * does not read that either, or has not reached the engine yet, its socket is closed.
   */
  void tick() {
    if (freezes == 0 && loop.millis() - lastHeardMillis > 2L * idleTimeoutMillis) {
      drop();
      return;
    }
    transport.tick(loop.millis());
    requestWork();
  }

  @Override
  public void requestWork() {
    if (!workRequested && !closed) {
      workRequested = true;
      loop.requestWork(this);
    }
  }

  @Override
  public void requestPump(ServiceLink link) {
    if (link.markForPump()) {
      toPump.add(link);
    }
    requestWork();
  }

  @Override
  public void remember(ServiceLink link) {
    links.add(link);
    link.link().setContext(link);
    if (link instanceof ReplyLink reply) {
      // Clients name either the target address of this link or the link itself as reply-to.
      replyLinks.put(reply.link().getName(), reply);
      if (reply.link().getRemoteTarget() != null
          && reply.link().getRemoteTarget().getAddress() != null) {
        replyLinks.put(reply.link().getRemoteTarget().getAddress(), reply);
      }
    }
  }

  @Override
  public void forget(ServiceLink link) {
    links.remove(link);
    replyLinks.values().removeIf(reply -> reply == link);
  }

  @Override
  public void reply(@Nullable String replyTo, byte[] message) {
    ReplyLink link = replyTo == null ? null : replyLinks.get(replyTo);
    if (link != null) {
      link.send(message);
    }
  }

  private void pumpLinks() {
    Queue<ServiceLink> turn = toPump;
    toPump = pumping;
    pumping = turn;
    for (ServiceLink link = turn.poll(); link != null; link = turn.poll()) {
      link.clearPumpMark();
      if (link.pump() && link.markForPump()) {
        toPump.add(link);
      }
    }
  }

  private void dispatch() {
    for (Event event = events.peek(); event != null && !closed; event = events.peek()) {
      handle(event);
      events.pop();
    }
  }

  private void handle(Event event) {
    switch (event.getType()) {
      case CONNECTION_REMOTE_OPEN -> {
        connection.setContainer(CONTAINER_ID);
        connection.open();
      }
      case CONNECTION_REMOTE_CLOSE -> connection.close();
      case SESSION_REMOTE_OPEN -> {
        event.getSession().setIncomingCapacity(Integer.MAX_VALUE);
        event.getSession().open();
      }
      case SESSION_REMOTE_CLOSE -> endedByClient(event.getSession());
      case LINK_REMOTE_OPEN -> linkOpener.open(event.getLink());
      case LINK_REMOTE_CLOSE, LINK_REMOTE_DETACH -> detachedByClient(event.getLink());
      case LINK_FLOW -> {
        if (event.getLink().getContext() instanceof ServiceLink link && !link.isReleased()) {
          link.onFlow();
        }
      }
      case DELIVERY -> {
        if (event.getDelivery().getLink().getContext() instanceof ServiceLink link
            && !link.isReleased()) {
          link.onDelivery(event.getDelivery());
        }
      }
      default -> {
        // Everything else the engine does by itself.
      }
    }
  }

  private void endedByClient(Session session) {
    releaseLinksOf(session);
    session.close();
    session.free();
  }

  private void detachedByClient(Link link) {
    if (link.getContext() instanceof ServiceLink serviceLink) {
      serviceLink.release();
      forget(serviceLink);
    }
    if (link.getLocalState() != EndpointState.CLOSED) {
      link.close();
    }
    link.free();
  }

  private void releaseLinksOf(Session session) {
    for (ServiceLink link : List.copyOf(links)) {
      if (link.link().getSession() == session) {
        link.release();
        forget(link);
      }
    }
  }
}
