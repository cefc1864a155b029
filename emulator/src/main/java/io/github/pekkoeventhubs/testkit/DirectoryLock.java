// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other emulators, of this process or of another, from a directory that one of them writes
 * to. The operating system releases the lock when the process dies.
 */
final class DirectoryLock implements AutoCloseable {

  private final @Nullable FileChannel channel;

  private DirectoryLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param directory null for nothing to lock
   * @param what the kind of data kept there: an emulator of events and one of blobs may share a
   *     directory
   * @throws UncheckedIOException if another emulator has it, or the directory cannot be written to;
   *     the message says which
   */
  static DirectoryLock take(@Nullable Path directory, String what) {
    if (directory == null) {
      return new DirectoryLock(null);
    }
    try {
      return new DirectoryLock(open(directory, what));
    } catch (TakenException taken) {
      throw refusal(
          directory, what, "stop the emulator that uses it, or choose another directory", taken);
    } catch (IOException unusable) {
      throw refusal(
          directory,
          what,
          FileTrouble.reason(unusable) + "; mend that, or choose another directory",
          unusable);
    }
  }

  private static FileChannel open(Path directory, String what) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("." + what + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (!tryLock(channel)) {
        throw new TakenException(directory);
      }
      return channel;
    } catch (IOException failed) {
      channel.close();
      throw failed;
    }
  }

  private static UncheckedIOException refusal(
      Path directory, String what, String reason, IOException cause) {
    return new UncheckedIOException(
        "No %s can be kept in %s: %s".formatted(what, directory.toAbsolutePath(), reason), cause);
  }

  /** Another emulator has the lock. */
  private static final class TakenException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    TakenException(Path directory) {
      super(directory.toString(), null, "another emulator keeps its own there");
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    }
  }

  @Override
  public void close() {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
