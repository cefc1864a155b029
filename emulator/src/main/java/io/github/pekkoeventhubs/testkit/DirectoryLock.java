// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

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
   * @throws UncheckedIOException if another emulator has it
   */
  static DirectoryLock take(@Nullable Path directory, String what) {
    if (directory == null) {
      return new DirectoryLock(null);
    }
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve("." + what + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        channel.close();
        throw new FileSystemException(
            directory.toString(), null, "another emulator keeps its own there");
      }
      return new DirectoryLock(channel);
    } catch (IOException refused) {
      throw new UncheckedIOException(
          "No %s can be kept in %s: stop the emulator that uses it, or choose another directory"
              .formatted(what, directory.toAbsolutePath()),
          refused);
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
