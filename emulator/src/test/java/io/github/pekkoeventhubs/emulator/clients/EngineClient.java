// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;

/**
 * A client without the manners of the official ones: it sends what it is told to, in one thread and
 * only while {@link #runUntil} is called.
 */
public final class EngineClient implements AutoCloseable {
  private static final int READ_TIMEOUT_MILLIS = 10;

  private final Socket socket;
  private final Transport transport = Proton.transport();
  private final Connection connection = Proton.connection();
  private final Collector events = Proton.collector();
  private final Session session;
  private boolean disconnected;

  public EngineClient(int port, int idleTimeoutMillis) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    transport.setIdleTimeout(idleTimeoutMillis);
    transport.sasl().client();
    transport.sasl().setMechanisms("ANONYMOUS");
    connection.setContainer("engine-client");
    connection.collect(events);
    transport.bind(connection);
    connection.open();
    session = connection.session();
    session.open();
  }

  public Transport transport() {
    return transport;
  }

  public Connection connection() {
    return connection;
  }

  public Session session() {
    return session;
  }

  public Sender sender(String address) {
    return open(session.sender(address), address);
  }

  /** A sender that asks the emulator to recognise what it sends again. */
  public Sender idempotentSender(String address) {
    Sender sender = session.sender(address);
    sender.setDesiredCapabilities(
        new Symbol[] {Symbol.valueOf("com.microsoft:idempotent-producer")});
    return open(sender, address);
  }

  public Receiver receiver(String address, int credit) {
    Receiver receiver = session.receiver(address);
    Source source = new Source();
    source.setAddress(address);
    receiver.setSource(source);
    receiver.setTarget(new Target());
    receiver.open();
    receiver.flow(credit);
    return receiver;
  }

  /** Sends a message of one frame or many. */
  public Delivery send(Sender sender, byte[] message) {
    Delivery delivery = sender.delivery(Long.toString(System.nanoTime()).getBytes(US_ASCII));
    sender.send(message, 0, message.length);
    sender.advance();
    return delivery;
  }

  /** Exchanges frames until the condition holds. */
  public void runUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + JavaClients.PATIENCE.toNanos();
    try {
      while (true) {
        dropEvents();
        writePending();
        if (condition.getAsBoolean()) {
          return;
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError("The emulator did not do what was expected of it");
        }
        read();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes past the engine. */
  public void sendRaw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends what the engine has to say, and reads nothing. */
  public void writeOnly() {
    try {
      writePending();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the emulator has closed the socket. */
  public boolean isDisconnected() {
    return disconnected;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Sender open(Sender sender, String address) {
    Target target = new Target();
    target.setAddress(address);
    sender.setTarget(target);
    sender.setSource(new Source());
    sender.open();
    runUntil(() -> sender.getCredit() > 0);
    return sender;
  }

  private void dropEvents() {
    while (events.peek() != null) {
      events.pop();
    }
  }

  private void writePending() throws IOException {
    for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
      byte[] bytes = new byte[pending];
      transport.head().get(bytes);
      socket.getOutputStream().write(bytes);
      transport.pop(pending);
    }
  }

  private void read() throws IOException {
    if (disconnected || transport.capacity() <= 0) {
      disconnected = true;
      return;
    }
    byte[] bytes = new byte[transport.capacity()];
    try {
      int count = socket.getInputStream().read(bytes);
      if (count < 0) {
        disconnected = true;
      } else {
        transport.tail().put(bytes, 0, count);
        transport.process();
      }
    } catch (SocketTimeoutException e) {
      // Nothing has come; the caller looks at the condition and asks again.
      return;
    }
  }
}
