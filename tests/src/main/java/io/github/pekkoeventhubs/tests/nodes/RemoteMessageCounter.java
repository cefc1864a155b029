// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.remote.artery.RemoteInstrument;

/**
 * Counts the messages that this process sends to other nodes, of whatever kind, where it is listed
 * in {@code pekko.remote.artery.advanced.instruments}. Remoting makes one for each of its streams.
 */
public final class RemoteMessageCounter extends RemoteInstrument {

  private static final byte IDENTIFIER = 30;
  private static final LongAdder SENT = new LongAdder();

  /** Called by remoting. */
  public RemoteMessageCounter() {}

  /** Those of all streams so far. */
  static long sent() {
    return SENT.sum();
  }

  @Override
  public byte identifier() {
    return IDENTIFIER;
  }

  @Override
  public void remoteMessageSent(
      ActorRef recipient, Object message, ActorRef sender, int size, long time) {
    SENT.increment();
  }

  @Override
  public void remoteWriteMetadata(
      ActorRef recipient, Object message, ActorRef sender, ByteBuffer buffer) {}

  @Override
  public void remoteReadMetadata(
      ActorRef recipient, Object message, ActorRef sender, ByteBuffer buffer) {}

  @Override
  public void remoteMessageReceived(
      ActorRef recipient, Object message, ActorRef sender, int size, long time) {}
}
