// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The stream for results. A print stream alone keeps silent where a disk is full or the reader of a
 * pipe has gone; the command would go on reading for nobody. This one ends it.
 */
final class Results extends OutputStream {

  /** Something could not be written. */
  static final class NotWrittenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    NotWrittenException(IOException failure) {
      super("the result cannot be written: " + failure.getMessage(), failure);
      this.readerGone =
          String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }

    /** Whether the reader of a pipe has read what it wanted, as {@code head} does. */
    boolean isReaderGone() {
      return readerGone;
    }
  }

  private interface Step {
    void take() throws IOException;
  }

  private final OutputStream target;

  private Results(OutputStream target) {
    this.target = target;
  }

  /** Text in UTF-8 to this target, which throws an exception where it cannot be written. */
  static PrintStream to(OutputStream target) {
    return new PrintStream(new Results(target), true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int value) {
    take(() -> target.write(value));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    take(() -> target.write(bytes, offset, length));
  }

  @Override
  public void flush() {
    take(target::flush);
  }

  private static void take(Step step) {
    try {
      step.take();
    } catch (IOException e) {
      throw new NotWrittenException(e);
    }
  }
}
