// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Computes the partition of a partition key: Bob Jenkins' lookup3 ({@code hashlittle2} with both
 * seeds 0) over the UTF-8 bytes of the key, its two halves folded into 16 bits, as the service and
 * the official clients do it.
 */
final class PartitionKeyHash {
  private static final int BLOCK = 12;
  private static final int SEED = 0xdeadbeef;

  private int a;
  private int b;
  private int c;

  private PartitionKeyHash(int length) {
    a = SEED + length;
    b = a;
    c = a;
  }

  /** The index, from 0, of the partition that receives events with this key. */
  static int partitionFor(String key, int partitionCount) {
    return Math.abs(hash(key) % partitionCount);
  }

  static short hash(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    PartitionKeyHash state = new PartitionKeyHash(bytes.length);
    ByteBuffer input = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (input.remaining() > BLOCK) {
      state.add(input);
      state.mix();
    }
    if (input.hasRemaining()) {
      byte[] tail = Arrays.copyOfRange(bytes, input.position(), input.position() + BLOCK);
      state.add(ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN));
      state.finish();
    }
    return (short) (state.c ^ state.b);
  }

  private void add(ByteBuffer block) {
    a += block.getInt();
    b += block.getInt();
    c += block.getInt();
  }

  private void mix() {
    a = (a - c) ^ Integer.rotateLeft(c, 4);
    c += b;
    b = (b - a) ^ Integer.rotateLeft(a, 6);
    a += c;
    c = (c - b) ^ Integer.rotateLeft(b, 8);
    b += a;
    a = (a - c) ^ Integer.rotateLeft(c, 16);
    c += b;
    b = (b - a) ^ Integer.rotateLeft(a, 19);
    a += c;
    c = (c - b) ^ Integer.rotateLeft(b, 4);
    b += a;
  }

  private void finish() {
    c = (c ^ b) - Integer.rotateLeft(b, 14);
    a = (a ^ c) - Integer.rotateLeft(c, 11);
    b = (b ^ a) - Integer.rotateLeft(a, 25);
    c = (c ^ b) - Integer.rotateLeft(b, 16);
    a = (a ^ c) - Integer.rotateLeft(c, 4);
    b = (b ^ a) - Integer.rotateLeft(a, 14);
    c = (c ^ b) - Integer.rotateLeft(b, 24);
  }
}
