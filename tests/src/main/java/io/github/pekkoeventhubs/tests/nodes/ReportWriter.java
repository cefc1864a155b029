// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes reports to the standard output of this process. Thread-safe. */
final class ReportWriter {

  private final OutputStream output = new FileOutputStream(FileDescriptor.out);

  /** One system call per line: what was reported is readable even if the process is killed. */
  void write(NodeReport report) {
    byte[] line = (report.line() + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (output) {
      try {
        output.write(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
