// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.testkit.amqp.AmqpService;
import io.github.pekkoeventhubs.testkit.amqp.Fault;
import io.github.pekkoeventhubs.testkit.amqp.ServiceException;
import java.util.function.Supplier;
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

  EventHubsFaults(AmqpService service) {
    this.service = service;
  }

  /** Closes the sockets of all clients without a word. Hits count connections. */
  public FaultHandle dropConnections() {
    return done(service.dropConnections());
  }

  /** Closes all connections politely, without an error. Hits count connections. */
  public FaultHandle closeConnections() {
    return done(service.closeConnections(null));
  }

  /** Closes all connections with an error. Hits count connections. */
  public FaultHandle closeConnections(String condition) {
    return done(service.closeConnections(error(condition, "The connection is closed by a fault")));
  }

  /** Detaches the receivers of a partition politely, without an error. Hits count receivers. */
  public FaultHandle detachReceivers(String eventHub, String partitionId) {
    return detach(eventHub, partitionId, null);
  }

  /** Detaches the receivers of a partition with an error. Hits count receivers. */
  public FaultHandle detachReceivers(String eventHub, String partitionId, String condition) {
    return detach(eventHub, partitionId, error(condition, "The link is detached by a fault"));
  }

  /**
   * Ends the sessions of all links that receive or send events, and leaves their connections open.
   * The Java client does not notice for a long time. Hits count sessions.
   */
  public FaultHandle endSessions() {
    return done(service.endSessions());
  }

  /** Refuses the next receivers, of whatever partition. Hits count attaches. */
  public FaultHandle refuseNextAttaches(int count, String condition, String description) {
    return pending(
        service.call(broker -> broker.refuseAttaches(count, error(condition, description))));
  }

  /** Rejects the next events or batches and does not store them. Hits count sends. */
  public FaultHandle rejectNextSends(int count, String condition) {
    return pending(
        service.call(
            broker ->
                broker.rejectSends(count, error(condition, "The send is rejected by a fault"))));
  }

  /**
   * Stores the next events or batches but drops the connection instead of telling the client, which
   * then sends them again. Hits count sends.
   */
  public FaultHandle acceptButLoseNextSends(int count) {
    return pending(service.call(broker -> broker.loseReplies(count)));
  }

  /**
   * Sends no event of this partition any more, without a word, until the handle is cancelled. Hits
   * stay 1.
   */
  public FaultHandle stall(String eventHub, String partitionId) {
    return lasting(() -> service.stall(eventHub, partitionId));
  }

  /**
   * Sends at most so many events of this partition per second, all receivers together, until the
   * handle is cancelled. Hits stay 1.
   */
  public FaultHandle throttle(String eventHub, String partitionId, int eventsPerSecond) {
    if (eventsPerSecond < 1) {
      throw new IllegalArgumentException(
          "eventsPerSecond is " + eventsPerSecond + "; use stall(..) to send none at all");
    }
    return lasting(() -> service.throttle(eventHub, partitionId, eventsPerSecond));
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

  private static FaultHandle lasting(Supplier<Runnable> begin) {
    return new FaultHandle(() -> 1, UnknownNames.report(begin));
  }

  private static FaultHandle done(Fault fault) {
    return new FaultHandle(fault::hits, () -> {});
  }

  private static FaultHandle pending(Fault fault) {
    return new FaultHandle(fault::hits, fault::cancel);
  }
}
