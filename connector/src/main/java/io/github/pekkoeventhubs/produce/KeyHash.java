// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The function with which the service finds the partition of a key: Bob Jenkins' lookup3 over the
 * UTF-8 bytes of the key, with both seeds 0, its two results folded into 16 bits, and the absolute
 * value of the remainder.
 *
 * <p>The official clients that send to partitions themselves have the same function. The Java one
 * (5.21.5) takes the last bytes of a key for signed numbers, so that it sends many keys that are
 * not ASCII to other partitions than the service and the other clients do. This class does as the
 * service.
 */
final class KeyHash {

  private static final int BLOCK = 12;
  private static final int WORD = 4;
  private static final int SEED = 0xdeadbeef;
  private static final int BYTE = 0xff;

  private int a;
  private int b;
  private int c;

  private KeyHash(int length) {
    a = SEED + length;
    b = a;
    c = a;
  }

  /** The place of the key's partition in the list of all, from 0. */
  static int partitionIndex(String key, int partitions) {
    return Math.abs(of(key) % partitions);
  }

  /** The hash of the key. */
  static short of(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    KeyHash state = new KeyHash(bytes.length);
    int from = 0;
    for (; bytes.length - from > BLOCK; from += BLOCK) {
      state.add(bytes, from);
      state.mix();
    }
    if (bytes.length > from) {
      state.add(bytes, from);
      state.finish();
    }
    return (short) (state.c ^ state.b);
  }

  /** The next block, which ends with zeros where the key ends before. */
  private void add(byte[] bytes, int from) {
    a += word(bytes, from);
    b += word(bytes, from + WORD);
    c += word(bytes, from + 2 * WORD);
  }

  private static int word(byte[] bytes, int from) {
    int word = 0;
    int end = Math.min(bytes.length, from + WORD);
    for (int i = from; i < end; i++) {
      word |= (bytes[i] & BYTE) << (Byte.SIZE * (i - from));
    }
    return word;
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
