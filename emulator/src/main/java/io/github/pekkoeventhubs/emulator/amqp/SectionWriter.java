// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes annotation sections and copies others, into a buffer that is large enough from the start.
 */
final class SectionWriter {
  private final ByteBuffer out;
  private int mapSizeAt;
  private int entries;

  SectionWriter(int capacity) {
    out = ByteBuffer.allocate(capacity);
  }

  void copy(byte[] source, int from, int to) {
    out.put(source, from, to - from);
  }

  void beginMap(int descriptor) {
    out.put((byte) 0).put((byte) 0x53).put((byte) descriptor).put((byte) 0xd1);
    mapSizeAt = out.position();
    out.putInt(0).putInt(0);
    entries = 0;
  }

  void copyEntry(byte[] source, int from, int to) {
    copy(source, from, to);
    entries++;
  }

  void longEntry(byte[] key, long value) {
    key(key);
    out.put((byte) 0x81).putLong(value);
  }

  void timestampEntry(byte[] key, long millis) {
    key(key);
    out.put((byte) 0x83).putLong(millis);
  }

  void stringEntry(byte[] key, String value) {
    key(key);
    byte[] text = value.getBytes(UTF_8);
    if (text.length < 256) {
      out.put((byte) 0xa1).put((byte) text.length);
    } else {
      out.put((byte) 0xb1).putInt(text.length);
    }
    out.put(text);
  }

  void endMap() {
    out.putInt(mapSizeAt, out.position() - mapSizeAt - 4);
    out.putInt(mapSizeAt + 4, entries * 2);
  }

  byte[] toByteArray() {
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The bytes of a symbol of up to 255 characters, to be used as a key. */
  static byte[] symbol(String name) {
    byte[] text = name.getBytes(US_ASCII);
    return ByteBuffer.allocate(text.length + 2)
        .put((byte) 0xa3)
        .put((byte) text.length)
        .put(text)
        .array();
  }

  private void key(byte[] symbol) {
    out.put(symbol);
    entries++;
  }
}
