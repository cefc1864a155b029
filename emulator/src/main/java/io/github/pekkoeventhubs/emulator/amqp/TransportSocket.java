// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.engine.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves bytes between a socket and the engine. */
final class TransportSocket {
  /** The result of a read. */
  enum ReadResult {
    OPEN,
    CLOSED_BY_CLIENT,
    /** The bytes read are not AMQP; nothing more will be read. */
    MALFORMED
  }

  /** The result of a write. */
  enum Written {
    /** Everything the engine had was written; it may produce more. */
    MORE,
    NOTHING_LEFT,
    SOCKET_FULL,
    /** The engine has written everything and closed its output. */
    ENDED
  }

  private static final Logger LOG = LoggerFactory.getLogger(TransportSocket.class);

  /** After this number of reads other connections get their turn. */
  private static final int MAX_READS_PER_TURN = 16;

  private final SocketChannel channel;
  private final Transport transport;
  private final SelectionKey key;
  private final boolean quickAck;
  private final int remotePort;
  private boolean inputEnded;

  TransportSocket(
      SocketChannel channel, Transport transport, EventLoop loop, EventLoop.Channel owner)
      throws IOException {
    this.channel = channel;
    this.transport = transport;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    quickAck = channel.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
    remotePort = channel.socket().getPort();
    key = loop.register(channel, SelectionKey.OP_READ, owner);
  }

  /**
   * Feeds the engine with what has arrived.
   *
   * @param afterEach run after each piece, to handle the engine's events
   */
  ReadResult read(Runnable afterEach) throws IOException {
    for (int reads = 0; reads < MAX_READS_PER_TURN && acceptsInput(); reads++) {
      int count = channel.read(transport.tail());
      if (count < 0) {
        return ReadResult.CLOSED_BY_CLIENT;
      }
      if (count == 0) {
        return ReadResult.OPEN;
      }
      acknowledgeAtOnce();
      if (!process()) {
        return ReadResult.MALFORMED;
      }
      afterEach.run();
    }
    return ReadResult.OPEN;
  }

  Written write() throws IOException {
    int pending = transport.pending();
    if (pending < 0 || (pending == 0 && inputEnded)) {
      return Written.ENDED;
    }
    int count = pending == 0 ? 0 : channel.write(transport.head());
    if (count > 0) {
      transport.pop(count);
    }
    boolean full = count < pending;
    watch(full);
    return full ? Written.SOCKET_FULL : pending == 0 ? Written.NOTHING_LEFT : Written.MORE;
  }

  /** Hears and says nothing until {@link #watchAgain}. */
  void ignore() {
    if (key.isValid()) {
      key.interestOps(0);
    }
  }

  void watchAgain() {
    watch(true);
  }

  int remotePort() {
    return remotePort;
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("Closing a socket has failed", e);
    }
  }

  private boolean acceptsInput() {
    if (!inputEnded && transport.capacity() < 0) {
      inputEnded = true;
    }
    return !inputEnded && channel.isOpen() && transport.capacity() > 0;
  }

  /** False if the engine cannot make sense of its input and has not noticed it itself. */
  private boolean process() {
    try {
      transport.process();
      return true;
    } catch (TransportException e) {
      LOG.debug("The engine answers malformed input with an error", e);
      inputEnded = true;
      return true;
    } catch (RuntimeException | StackOverflowError e) {
      // Thrown by its decoders, in many kinds, for values that are not what they claim to be; they
      // recurse, so a value within a value, and so on, overflows the stack.
      LOG.debug("The engine has failed on malformed input", e);
      inputEnded = true;
      return false;
    }
  }

  /**
   * The Java client leaves Nagle's algorithm on and grants credit in small frames: without this
   * each round of credit waits for a delayed acknowledgement. Only Linux has it.
   */
  private void acknowledgeAtOnce() throws IOException {
    if (quickAck) {
      channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }
  }

  private void watch(boolean forWriting) {
    int operations =
        (inputEnded ? 0 : SelectionKey.OP_READ) | (forWriting ? SelectionKey.OP_WRITE : 0);
    if (key.isValid() && key.interestOps() != operations) {
      key.interestOps(operations);
    }
  }
}
