// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobJournalTest {

  @TempDir private Path directory;

  @Test
  void leavesNothingOfAChangeThatCouldNotBeWritten() throws IOException {
    Path path = directory.resolve("blobs.journal");
    DiskThatFillsUp disk = new DiskThatFillsUp(path);
    try (BlobJournal journal = new BlobJournal(disk)) {
      create(journal, "before");
      disk.full = true;
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> create(journal, "torn"));
      disk.full = false;
      create(journal, "after");
    }

    assertThat(BlobJournal.read(path).containers()).containsOnlyKeys("before", "after");
  }

  private static void create(BlobJournal journal, String container) {
    journal.created(container, "etag", Instant.EPOCH, new TreeMap<>());
  }

  /** Takes half of what is written when it is full. */
  private static final class DiskThatFillsUp extends RandomAccessFile {
    private boolean full;

    DiskThatFillsUp(Path path) throws IOException {
      super(path.toFile(), "rw");
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      if (full) {
        super.write(bytes, 0, bytes.length / 2);
        throw new IOException("No space left on device");
      }
      super.write(bytes);
    }
  }
}
