// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.nio.ByteBuffer;
import java.time.Clock;
import org.apache.qpid.proton.codec.ReadableBuffer.ByteBufferReader;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/** Sends the events of a partition to a client. */
final class ConsumerLink extends ServiceLink implements EventSink {
  /**
   * Limit for the bytes that all links of a connection together may leave in the engine, waiting
   * for the socket or for the session's window. The engine goes through all of them each time it
   * fills the socket.
   */
  private static final int MAX_BUFFERED = 256 * 1024;

  /**
   * Bytes that each link may leave there in any case: with fewer it would often have nothing to
   * write.
   */
  private static final int MIN_BUFFERED = 32 * 1024;

  private final Sender sender;
  private final boolean preSettled;
  private final boolean tracksLastEnqueued;
  private final Clock clock;
  private @Nullable Subscription subscription;
  private int bufferedBytes;
  private int deliveryTag;

  ConsumerLink(
      Host connection, Sender sender, boolean preSettled, boolean tracksLastEnqueued, Clock clock) {
    super(connection, sender);
    this.sender = sender;
    this.preSettled = preSettled;
    this.tracksLastEnqueued = tracksLastEnqueued;
    this.clock = clock;
  }

  void begin(Subscription begun) {
    subscription = begun;
  }

  @Override
  void onFlow() {
    wake();
  }

  @Override
  void onDelivery(Delivery delivery) {
    if (delivery.remotelySettled() || delivery.getRemoteState() != null) {
      delivery.settle();
    }
  }

  @Override
  boolean pump() {
    Subscription current = subscription;
    if (current == null || isReleased()) {
      return false;
    }
    if (sender.getQueued() == 0) {
      bufferedBytes = 0;
    }
    current.pump();
    if (sender.getDrain() && !current.hasPending()) {
      sender.drained();
    }
    return current.hasPending()
        && sender.getCredit() > 0
        && current.partition().deliveryGate().isOpen();
  }

  @Override
  void onReleased() {
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void wake() {
    connection().requestPump(this);
  }

  @Override
  public boolean isWritable() {
    int share = Math.max(MIN_BUFFERED, MAX_BUFFERED / connection().linkCount());
    return bufferedBytes < share && sender.getCredit() > 0;
  }

  @Override
  public void write(LogEntry entry) {
    Delivery delivery = sender.delivery(nextTag());
    byte[] wire = entry.wire();
    if (tracksLastEnqueued && subscription != null) {
      byte[] lastEnqueued =
          LastEnqueuedSection.encode(subscription.partition().log(), clock.millis());
      if (entry.headerLength() > 0) {
        sender.send(wire, 0, entry.headerLength());
      }
      sender.send(lastEnqueued, 0, lastEnqueued.length);
      sender.send(wire, entry.headerLength(), wire.length - entry.headerLength());
    } else {
      sender.sendNoCopy(ByteBufferReader.wrap(ByteBuffer.wrap(wire)));
    }
    if (preSettled) {
      delivery.settle();
    }
    sender.advance();
    bufferedBytes += wire.length;
  }

  private byte[] nextTag() {
    int tag = deliveryTag++;
    return new byte[] {(byte) (tag >> 24), (byte) (tag >> 16), (byte) (tag >> 8), (byte) tag};
  }
}
