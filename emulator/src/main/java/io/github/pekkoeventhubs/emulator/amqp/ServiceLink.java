// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.jspecify.annotations.Nullable;

/** The service's end of a link. */
abstract class ServiceLink implements AttachedLink {

  /** The connection that links belong to, as they see it. */
  interface Host {

    /** Takes a link in that has been agreed on. */
    void remember(ServiceLink link);

    /** The link is gone. */
    void forget(ServiceLink link);

    /** How many links of any kind are attached, and at least one. */
    int linkCount();

    /** Has the connection look for things to send. */
    void requestWork();

    /** Has the link asked for what it has to send. */
    void requestPump(ServiceLink link);

    /** Sends an answer; it is lost if the client has no such link. */
    void reply(@Nullable String replyTo, byte[] message);

    /**
     * The client has attached to, asked about or shown a token for something.
     *
     * @param address the name of an event hub, or an address within it
     */
    void touched(String address);

    /** Closes the socket without a word. */
    void drop();
  }

  private final Host connection;
  private final Link link;
  private boolean released;
  private boolean markedForPump;

  ServiceLink(Host connection, Link link) {
    this.connection = connection;
    this.link = link;
  }

  Host connection() {
    return connection;
  }

  Link link() {
    return link;
  }

  /** Whether nothing may be sent or received any more. */
  boolean isReleased() {
    return released;
  }

  /** The client has granted credit or asks to drain it. */
  void onFlow() {}

  /** A message has come in, or the outcome of a sent one is known. */
  void onDelivery(Delivery delivery) {}

  /**
   * Sends the waiting messages.
   *
   * @return whether more could be sent as soon as the connection takes it
   */
  boolean pump() {
    return false;
  }

  /** Returns false if it was marked already. */
  final boolean markForPump() {
    boolean first = !markedForPump;
    markedForPump = true;
    return first;
  }

  final void clearPumpMark() {
    markedForPump = false;
  }

  /** Gives up what the link holds in the broker. Called once. */
  void onReleased() {}

  /** The link is gone, for whatever reason. */
  final void release() {
    if (!released) {
      released = true;
      onReleased();
    }
  }

  @Override
  public final void detach(@Nullable ServiceException error) {
    release();
    if (link.getLocalState() != EndpointState.CLOSED) {
      if (error != null) {
        link.setCondition(condition(error));
      }
      link.close();
    }
    connection.forget(this);
    connection.requestWork();
  }

  static ErrorCondition condition(ServiceException error) {
    return new ErrorCondition(Symbol.valueOf(error.condition()), error.description());
  }
}
