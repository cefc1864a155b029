// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.message.Message;

/** One socket and one thread that does all its work. */
final class BareAmqpConnection {

  private static final Symbol FILTER = Symbol.valueOf("apache.org:selector-filter:string");
  private static final String EARLIEST = "amqp.annotation.x-opt-offset > '-1'";
  private static final int FRAME_SIZE = 64 * 1024;

  private final int prefetch;
  private final RateMeter.Counter counter;
  private final SocketChannel socket;
  private final Transport transport = Proton.transport();
  private final Connection connection = Proton.connection();
  private final Collector events = Proton.collector();
  private final Session session;
  private final Thread thread = new Thread(this::exchange, "bare-amqp");

  BareAmqpConnection(int port, int prefetch, RateMeter.Counter counter) throws IOException {
    this.prefetch = prefetch;
    this.counter = counter;
    socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    transport.setMaxFrameSize(FRAME_SIZE);
    transport.sasl().client();
    transport.sasl().setMechanisms("ANONYMOUS");
    connection.setContainer("bare-amqp");
    connection.collect(events);
    transport.bind(connection);
    connection.open();
    session = connection.session();
    session.setIncomingCapacity(Integer.MAX_VALUE);
    session.open();
    thread.setDaemon(true);
  }

  /** Adds a receiver of a partition, from its beginning. To be called before {@link #start}. */
  void receive(String address) {
    Receiver receiver = session.receiver(address);
    Source source = new Source();
    source.setAddress(address);
    source.setFilter(Map.of(FILTER, new UnknownDescribedType(FILTER, EARLIEST)));
    receiver.setSource(source);
    receiver.setTarget(new Target());
    receiver.open();
    receiver.flow(prefetch);
  }

  void start() {
    thread.start();
  }

  private void exchange() {
    try {
      while (true) {
        dispatch();
        write();
        int count = socket.read(transport.tail());
        if (count < 0) {
          return;
        }
        transport.process();
      }
    } catch (AsynchronousCloseException e) {
      // This is how it is ended.
    } catch (ClosedChannelException e) {
      // The same, between two reads.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void write() throws IOException {
    for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
      transport.pop(socket.write(transport.head()));
    }
  }

  private void dispatch() {
    for (Event event = events.peek(); event != null; event = events.peek()) {
      if (event.getType() == Event.Type.DELIVERY && event.getLink() instanceof Receiver receiver) {
        take(receiver);
      }
      events.pop();
    }
  }

  private void take(Receiver receiver) {
    Delivery delivery = receiver.current();
    while (delivery != null && delivery.isReadable() && !delivery.isPartial()) {
      ReadableBuffer content = receiver.recv();
      receiver.advance();
      delivery.settle();
      Message message = Message.Factory.create();
      message.decode(content);
      counter.count();
      delivery = receiver.current();
    }
    if (receiver.getRemoteCredit() <= prefetch / 2) {
      receiver.flow(prefetch - receiver.getRemoteCredit());
    }
  }

  void stop() throws IOException, InterruptedException {
    socket.close();
    thread.join();
  }
}
