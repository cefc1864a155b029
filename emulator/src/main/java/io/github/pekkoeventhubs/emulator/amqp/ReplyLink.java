// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;

/** Carries the answers to a client's requests. */
final class ReplyLink extends ServiceLink {
  private static final byte[] TAG = {1};

  private final Sender sender;

  ReplyLink(Host connection, Sender sender) {
    super(connection, sender);
    this.sender = sender;
  }

  void send(byte[] message) {
    Delivery delivery = sender.delivery(TAG);
    sender.send(message, 0, message.length);
    delivery.settle();
    sender.advance();
    connection().requestWork();
  }
}
