// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The lines of a stream as the bytes that they are, in whatever encoding that writes the ends of
 * lines as ASCII does. A line ends with a line feed, a carriage return, both, or the stream. For
 * one thread.
 */
final class ByteLines implements Closeable {

  private final String name;
  private final InputStream in;
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
    this.in = new BufferedInputStream(in);
  }

  /** The next line without its end, as soon as it has ended; empty at the end of the stream. */
  Optional<byte[]> next() throws IOException {
    for (int read = read(); read >= 0; read = read()) {
      boolean restOfAnEnd = read == '\n' && afterCarriageReturn;
      afterCarriageReturn = read == '\r';
      if (restOfAnEnd) {
        continue;
      }
      if (read == '\n' || read == '\r') {
        return Optional.of(taken());
      }
      line.write(read);
    }
    return line.size() == 0 ? Optional.empty() : Optional.of(taken());
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
      return in.read();
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
