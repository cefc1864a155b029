// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.Internal;
import io.github.pekkoeventhubs.emulator.amqp.AmqpService;
import io.github.pekkoeventhubs.emulator.amqp.Broker;
import io.github.pekkoeventhubs.emulator.amqp.Fault;
import io.github.pekkoeventhubs.emulator.amqp.LinkKind;
import io.github.pekkoeventhubs.emulator.amqp.ServiceException;
import io.github.pekkoeventhubs.emulator.amqp.Thief;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Faults of an {@link EventHubsEmulator}, on command. Each takes effect before the method returns
 * and between two frames, never in the middle of one. Safe to use from any thread.
 *
 * <p>A condition is an AMQP error condition such as {@code amqp:link:detach-forced}, {@code
 * amqp:connection:forced} or {@code com.microsoft:server-busy}. An event hub or partition that does
 * not exist is answered with a {@link java.util.NoSuchElementException}.
 */
public final class EventHubsFaults {
  private final AmqpService service;
  private final JumpingClock clock;
  private final @Nullable String scope;

  /**
   * @param scope the only event hub it concerns; null for all
   */
  EventHubsFaults(AmqpService service, JumpingClock clock, @Nullable String scope) {
    this.service = service;
    this.clock = clock;
    this.scope = scope;
  }

  /** Closes the sockets of all clients without a closing frame. Hits count connections. */
  public FaultHandle dropConnections() {
    return done(service.dropConnections(scope));
  }

  /** Closes all connections by the protocol, without an error. Hits count connections. */
  public FaultHandle closeConnections() {
    return done(service.closeConnections(scope, null));
  }

  /** Closes all connections with an error. Hits count connections. */
  public FaultHandle closeConnections(String condition) {
    return done(
        service.closeConnections(scope, error(condition, "The connection is closed by a fault")));
  }

  /**
   * Neither reads from nor writes to the present connections until the handle is cancelled, so that
   * it looks to clients as if the network were down. New connections are served. Hits count
   * connections.
   */
  public FaultHandle freezeConnections() {
    Fault fault = new Fault(0);
    return new FaultHandle(fault::hits, service.freezeConnections(scope, fault));
  }

  /** Detaches all links that receive or send events, without an error. Hits count links. */
  public FaultHandle detachLinks() {
    return done(service.call(broker -> broker.detachLinks(scope, null)));
  }

  /** Detaches all links that receive or send events with an error. Hits count links. */
  public FaultHandle detachLinks(String condition) {
    return done(service.call(broker -> broker.detachLinks(scope, detached(condition))));
  }

  /** Detaches all links that send events, without an error. Hits count links. */
  public FaultHandle detachSenders() {
    return done(service.call(broker -> broker.detachSenders(scope, null)));
  }

  /** Detaches all links that send events with an error. Hits count links. */
  public FaultHandle detachSenders(String condition) {
    return done(service.call(broker -> broker.detachSenders(scope, detached(condition))));
  }

  /** Detaches the receivers of a partition, without an error. Hits count receivers. */
  public FaultHandle detachReceivers(String eventHub, String partitionId) {
    return detach(eventHub, partitionId, null);
  }

  /** Detaches the receivers of a partition with an error. Hits count receivers. */
  public FaultHandle detachReceivers(String eventHub, String partitionId, String condition) {
    return detach(eventHub, partitionId, detached(condition));
  }

  /**
   * Ends the sessions of all links that receive or send events, and leaves their connections open.
   * The Java client does not notice for a long time. Hits count sessions.
   */
  public FaultHandle endSessions() {
    return done(service.endSessions(scope));
  }

  /** Refuses the next receivers, of whatever partition. Hits count attaches. */
  public FaultHandle refuseNextAttaches(int count, String condition, String description) {
    return refuse(LinkKind.RECEIVER, scope, count, condition, description);
  }

  /** Refuses the next links that want to send events. Hits count attaches. */
  public FaultHandle refuseNextSenders(int count, String condition, String description) {
    return refuse(LinkKind.SENDER, scope, count, condition, description);
  }

  /**
   * Drops the connections of the next links that want to send events, before these are open. Hits
   * count attaches.
   */
  public FaultHandle loseNextSenders(int count) {
    return pending(service.call(broker -> broker.loseAttaches(scope, LinkKind.SENDER, count)));
  }

  /**
   * Refuses the next links on which clients want to ask about event hubs and partitions, of
   * whatever event hub: such a link names none. Hits count attaches.
   */
  public FaultHandle refuseNextManagementLinks(int count, String condition, String description) {
    return refuse(LinkKind.MANAGEMENT, null, count, condition, description);
  }

  /**
   * Refuses the next links on which clients want to present their tokens, of whatever event hub:
   * such a link names none. Hits count attaches.
   */
  public FaultHandle refuseNextTokenLinks(int count, String condition, String description) {
    return refuse(LinkKind.TOKENS, null, count, condition, description);
  }

  /**
   * Leaves the next questions about the first and the last event of a partition without any answer;
   * the connection looks open, and all else is served. Hits count questions.
   */
  public FaultHandle ignoreNextPartitionQuestions(int count) {
    return pending(service.call(broker -> broker.ignorePartitionQuestions(scope, count)));
  }

  /** Rejects the next events or batches and does not store them. Hits count sends. */
  public FaultHandle rejectNextSends(int count, String condition) {
    return pending(
        service.call(
            broker ->
                broker.rejectSends(
                    scope, count, error(condition, "The send is rejected by a fault"))));
  }

  /**
   * Stores the next events or batches only after this time, and answers the client then; events
   * that it sends on the same link meanwhile wait behind them. Hits count sends.
   */
  public FaultHandle delayNextSends(int count, Duration delay) {
    return pending(service.call(broker -> broker.delaySends(scope, count, delay)));
  }

  /**
   * Stores the next events or batches but drops the connection instead of telling the client, which
   * then sends them again. Hits count sends.
   */
  public FaultHandle acceptButLoseNextSends(int count) {
    return pending(service.call(broker -> broker.loseReplies(scope, count)));
  }

  /**
   * Sends no event of this partition until the handle is cancelled, without any error. Hits count
   * how often an event was withheld from a receiver; the same event may count more than once.
   */
  public FaultHandle stall(String eventHub, String partitionId) {
    return lasting(fault -> service.stall(eventHub, partitionId, fault));
  }

  /**
   * Sends at most this number of events of the partition per second, all receivers together, until
   * the handle is cancelled. Hits count as those of {@link #stall}.
   */
  public FaultHandle throttle(String eventHub, String partitionId, int eventsPerSecond) {
    if (eventsPerSecond < 1) {
      throw new IllegalArgumentException(
          "eventsPerSecond is " + eventsPerSecond + "; use stall(..) to send none at all");
    }
    return lasting(fault -> service.throttle(eventHub, partitionId, eventsPerSecond, fault));
  }

  /**
   * Removes all events of the partition with a lower sequence number, as retention does. Hits count
   * events.
   */
  public FaultHandle moveRetention(String eventHub, String partitionId, long sequenceNumber) {
    return done(
        UnknownNames.report(
            () ->
                service.call(
                    broker -> broker.moveRetention(eventHub, partitionId, sequenceNumber))));
  }

  /**
   * Deletes an event hub and creates an empty one with the same name and consumer groups: sequence
   * numbers and offsets begin anew. Hits count the links that are detached.
   */
  public FaultHandle recreateEventHub(String eventHub, int partitionCount) {
    return done(
        UnknownNames.report(
            () -> service.call(broker -> broker.recreateEventHub(eventHub, partitionCount))));
  }

  /**
   * Leads the name of an event hub to another one, as the failover of a Geo-DR alias does: it has
   * events of its own, so that sequence numbers and offsets begin anew. It is empty at first and
   * has the same consumer groups. The links are detached without an error, so that clients attach
   * again. Hits count the links that are detached.
   */
  public FaultHandle failOver(String eventHub, int partitionCount) {
    return done(
        UnknownNames.report(
            () -> service.call(broker -> broker.failOver(eventHub, partitionCount))));
  }

  /**
   * Takes a partition away as a receiver with this owner level would, and keeps it from those with
   * a lower one until the handle is cancelled. Hits count receivers that were disconnected or
   * refused.
   *
   * @throws IllegalStateException if a receiver with a higher owner level has the partition
   */
  public FaultHandle steal(
      String eventHub, String consumerGroup, String partitionId, long ownerLevel) {
    Thief thief =
        UnknownNames.report(
            () -> {
              try {
                return service.call(
                    broker -> broker.steal(eventHub, consumerGroup, partitionId, ownerLevel));
              } catch (ServiceException refused) {
                if (refused.condition().equals("amqp:link:stolen")) {
                  throw new IllegalStateException(refused.description(), refused);
                }
                throw refused;
              }
            });
    return new FaultHandle(thief::hits, service.endOnLoop(thief));
  }

  /**
   * Sets the emulator's clock this much forward, or back with a negative duration, until the handle
   * is cancelled: it gives enqueued times, retention and the expiry of tokens of all event hubs.
   * Hits are 1 from the beginning: the hit is the jump of the clock, and reads of the clock are not
   * counted.
   */
  public FaultHandle jumpClock(Duration by) {
    return clock.jump(by);
  }

  /**
   * Remembers the faults that wait for links, sends and questions, and the jumps of the clock.
   *
   * @return what ends all others, which were asked for later; for whatever event hub they are
   */
  @Internal
  public Runnable remember() {
    Set<Fault> before = service.call(Broker::waitingFaults);
    Runnable jumpBack = clock.remember();
    return () -> {
      jumpBack.run();
      service.call(Broker::waitingFaults).stream()
          .filter(fault -> !before.contains(fault))
          .forEach(Fault::cancel);
    };
  }

  private FaultHandle refuse(
      LinkKind kind, @Nullable String eventHub, int count, String condition, String description) {
    return pending(
        service.call(
            broker -> broker.refuseAttaches(eventHub, kind, count, error(condition, description))));
  }

  private static ServiceException detached(String condition) {
    return error(condition, "The link is detached by a fault");
  }

  private FaultHandle detach(
      String eventHub, String partitionId, @Nullable ServiceException error) {
    return done(
        UnknownNames.report(
            () -> service.call(broker -> broker.detachReceivers(eventHub, partitionId, error))));
  }

  private static ServiceException error(String condition, String description) {
    return new ServiceException(condition, description);
  }

  private static FaultHandle lasting(Function<Fault, Runnable> begin) {
    Fault fault = new Fault(0);
    return new FaultHandle(fault::hits, UnknownNames.report(() -> begin.apply(fault)));
  }

  private static FaultHandle done(Fault fault) {
    return new FaultHandle(fault::hits, () -> {});
  }

  private static FaultHandle pending(Fault fault) {
    return new FaultHandle(fault::hits, fault::cancel);
  }
}
