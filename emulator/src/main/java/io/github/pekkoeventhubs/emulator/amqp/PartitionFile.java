// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.FileTrouble;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one partition in a file, so that they outlive the process. Written by one thread,
 * and not forced to the disk: events that the operating system has taken survive the process, but
 * not a crash of the machine. A record that was cut short is dropped when the file is read.
 */
final class PartitionFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionFile.class);

  /** The end of the names of these files, after the id of the partition. */
  static final String SUFFIX = ".events";

  /** Sequence number, position and time as longs, header length and length as ints. */
  private static final int HEAD = 3 * Long.BYTES + 2 * Integer.BYTES;

  private final FileChannel channel;

  private PartitionFile(FileChannel channel) {
    this.channel = channel;
  }

  /** How many partitions an event hub needs for all the events that are kept in the folder. */
  static int partitionsWithEvents(Path folder) {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toFile().length() > 0)
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d{1,9}" + Pattern.quote(SUFFIX)))
          .mapToInt(name -> Integer.parseInt(name.substring(0, name.length() - SUFFIX.length())))
          .map(id -> id + 1)
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The files in " + folder + " cannot be listed: " + FileTrouble.reason(e), e);
    }
  }

  /**
   * Opens the file, or makes it.
   *
   * @param restore called for each stored event, in their order
   * @throws UncheckedIOException if it cannot be read or written to, or what is in it are no events
   */
  static PartitionFile open(Path path, OffsetFormat offsetFormat, Consumer<LogEntry> restore) {
    long length = restored(path, offsetFormat, restore);
    try {
      Files.createDirectories(path.getParent());
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(length);
      channel.position(length);
      return new PartitionFile(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "No events can be kept in " + path + ": " + FileTrouble.reason(e), e);
    }
  }

  private static long restored(Path path, OffsetFormat offsetFormat, Consumer<LogEntry> restore) {
    try {
      return Files.exists(path) ? read(path, offsetFormat, restore) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The events in " + path + " cannot be read: " + FileTrouble.reason(e), e);
    }
  }

  /** Answers where the last whole record ends. */
  private static long read(Path path, OffsetFormat offsetFormat, Consumer<LogEntry> restore)
      throws IOException {
    long length = 0;
    long size = Files.size(path);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      while (true) {
        long sequenceNumber = in.readLong();
        long position = in.readLong();
        long enqueuedTime = in.readLong();
        int headerLength = in.readInt();
        int wireLength = in.readInt();
        if (headerLength < 0 || wireLength < headerLength) {
          throw new IOException("The file is damaged at byte " + length);
        }
        if (wireLength > size - length - HEAD) {
          break;
        }
        byte[] wire = new byte[wireLength];
        in.readFully(wire);
        length += HEAD + wire.length;
        restore.accept(
            new LogEntry(
                sequenceNumber,
                position,
                offsetFormat.format(position, sequenceNumber),
                enqueuedTime,
                wire,
                headerLength));
      }
    } catch (EOFException end) {
      LOG.debug("{} ends", path);
    }
    if (length < size) {
      LOG.warn("The last {} bytes of {} are no whole event and dropped", size - length, path);
    }
    return length;
  }

  /**
   * Adds an event.
   *
   * @throws ServiceException if it cannot be written; nothing of it stays in the file
   */
  void append(LogEntry entry) {
    ByteBuffer record = ByteBuffer.allocate(HEAD + entry.wire().length);
    record
        .putLong(entry.sequenceNumber())
        .putLong(entry.position())
        .putLong(entry.enqueuedTime())
        .putInt(entry.headerLength())
        .putInt(entry.wire().length)
        .put(entry.wire())
        .flip();
    try {
      long before = channel.position();
      try {
        while (record.hasRemaining()) {
          channel.write(record);
        }
      } catch (IOException e) {
        channel.truncate(before);
        throw e;
      }
    } catch (IOException e) {
      LOG.error("An event cannot be written", e);
      throw new ServiceException(
          ErrorConditions.INTERNAL_ERROR, "The event cannot be written to its file: " + e);
    }
  }

  /** Forgets all events. */
  void clear() {
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("Closing a file has failed", e);
    }
  }
}
