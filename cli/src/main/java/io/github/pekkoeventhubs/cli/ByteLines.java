// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a stream as the bytes that they are, in whatever encoding that writes the ends of
 * lines as ASCII does. A line ends with a line feed, a carriage return, both, or the stream. For
 * one thread.
 */
final class ByteLines implements Closeable {

  private final String name;
  private final InputStream in;
  private final byte[] chunk = new byte[64 * 1024];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long count;
  private boolean afterCarriageReturn;

  /**
   * Reads nothing yet.
   *
   * @param name how messages call the stream
   */
  ByteLines(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  /**
   * The next lines without their ends, as soon as one has ended; none at the end of the stream. All
   * lines that have arrived are taken together, and none is waited for that has not.
   */
  List<byte[]> next() throws IOException {
    List<byte[]> ended = new ArrayList<>();
    int bytes = 0;
    while (ended.isEmpty() && bytes >= 0) {
      bytes = read();
      for (int i = 0; i < bytes; i++) {
        take(chunk[i], ended);
      }
    }
    if (bytes < 0 && line.size() > 0) {
      ended.add(taken());
    }
    return ended;
  }

  private void take(byte read, List<byte[]> ended) {
    boolean restOfAnEnd = read == '\n' && afterCarriageReturn;
    afterCarriageReturn = read == '\r';
    if (restOfAnEnd) {
      return;
    }
    if (read == '\n' || read == '\r') {
      ended.add(taken());
    } else {
      line.write(read);
    }
  }

  /** The number of lines so far. */
  long count() {
    return count;
  }

  private byte[] taken() {
    byte[] bytes = line.toByteArray();
    line.reset();
    count++;
    return bytes;
  }

  private int read() throws IOException {
    try {
      return in.read(chunk);
    } catch (IOException e) {
      throw new IOException(
          name + " cannot be read after line " + count + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
