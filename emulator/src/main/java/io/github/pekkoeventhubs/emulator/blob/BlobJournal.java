// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkoeventhubs.emulator.FileTrouble;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The changes of containers and blobs in a file, so that they outlive the process. Opening the file
 * removes obsolete changes from it. Writes are not forced to the disk, and a change that was
 * written in part is dropped when the file is read. Thread-safe.
 */
final class BlobJournal implements AutoCloseable {

  /** Keeps nothing. */
  static final BlobJournal NONE = new BlobJournal(null);

  private static final byte CONTAINER = 1;
  private static final byte NO_CONTAINER = 2;
  private static final byte BLOB = 3;
  private static final byte NO_BLOB = 4;

  /** Not a channel, which an interrupt of the thread that writes would close. */
  private final @Nullable RandomAccessFile file;

  /**
   * @param file written from where it is positioned; null keeps nothing
   */
  BlobJournal(@Nullable RandomAccessFile file) {
    this.file = file;
  }

  /** The containers and blobs that the file describes. */
  record Contents(SortedMap<String, KeptContainer> containers) {
    static final Contents NOTHING =
        new Contents(Collections.unmodifiableSortedMap(new TreeMap<>()));
  }

  /** A container and its blobs. */
  record KeptContainer(
      String etag,
      Instant lastModified,
      SortedMap<String, String> metadata,
      SortedMap<String, StoredBlob> blobs) {}

  /**
   * Reads what there is; nothing where the file does not exist.
   *
   * @throws UncheckedIOException if it cannot be read, or what is in it are no changes
   */
  static Contents read(Path path) {
    SortedMap<String, KeptContainer> containers = new TreeMap<>();
    if (Files.exists(path)) {
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
        while (true) {
          int length = in.readInt();
          if (length < 0) {
            throw new IOException("A change has the length " + length);
          }
          byte[] change = in.readNBytes(length);
          if (change.length < length) {
            return new Contents(containers);
          }
          apply(change, containers);
        }
      } catch (EOFException end) {
        return new Contents(containers);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "The blobs in " + path + " cannot be read: " + FileTrouble.reason(e), e);
      }
    }
    return new Contents(containers);
  }

  /** Writes the present containers and blobs into a new file, and adds later changes to it. */
  static BlobJournal begin(Path path, Contents contents) {
    try {
      Files.createDirectories(path.getParent());
      Path written = path.resolveSibling(path.getFileName() + ".new");
      Files.deleteIfExists(written);
      try (BlobJournal compact = new BlobJournal(new RandomAccessFile(written.toFile(), "rw"))) {
        contents
            .containers()
            .forEach(
                (name, container) -> {
                  compact.created(
                      name, container.etag(), container.lastModified(), container.metadata());
                  container.blobs().values().forEach(blob -> compact.changed(name, blob));
                });
      }
      Files.move(written, path, StandardCopyOption.REPLACE_EXISTING);
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      file.seek(file.length());
      return new BlobJournal(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The blobs cannot be kept in " + path + ": " + FileTrouble.reason(e), e);
    }
  }

  private static void apply(byte[] change, SortedMap<String, KeptContainer> containers)
      throws IOException {
    try {
      apply(new DataInputStream(new ByteArrayInputStream(change)), containers);
    } catch (EOFException | IllegalArgumentException damaged) {
      throw new IOException("A change is damaged", damaged);
    }
  }

  private static void apply(DataInputStream in, SortedMap<String, KeptContainer> containers)
      throws IOException {
    byte kind = in.readByte();
    String name = text(in);
    switch (kind) {
      case CONTAINER ->
          containers.put(name, new KeptContainer(text(in), time(in), map(in), new TreeMap<>()));
      case NO_CONTAINER -> containers.remove(name);
      case BLOB -> {
        StoredBlob blob = blob(in);
        KeptContainer container = containers.get(name);
        if (container != null) {
          container.blobs().put(blob.properties().name(), blob);
        }
      }
      case NO_BLOB -> {
        KeptContainer container = containers.get(name);
        if (container != null) {
          container.blobs().remove(text(in));
        }
      }
      default -> throw new IOException("There is no change of kind " + kind);
    }
  }

  private static StoredBlob blob(DataInputStream in) throws IOException {
    String name = text(in);
    String etag = text(in);
    String contentType = text(in);
    Instant createdAt = time(in);
    Instant lastModified = time(in);
    SortedMap<String, String> metadata = map(in);
    byte[] content = in.readNBytes(in.readInt());
    return StoredBlob.kept(name, content, contentType, metadata, etag, createdAt, lastModified);
  }

  void created(
      String container, String etag, Instant lastModified, SortedMap<String, String> metadata) {
    write(
        CONTAINER,
        container,
        out -> {
          text(out, etag);
          out.writeLong(lastModified.toEpochMilli());
          map(out, metadata);
        });
  }

  void deleted(String container) {
    write(NO_CONTAINER, container, out -> {});
  }

  void changed(String container, StoredBlob blob) {
    BlobSnapshot properties = blob.properties();
    write(
        BLOB,
        container,
        out -> {
          text(out, properties.name());
          text(out, properties.etag());
          text(out, properties.contentType());
          out.writeLong(properties.createdAt().toEpochMilli());
          out.writeLong(properties.lastModified().toEpochMilli());
          map(out, properties.metadata());
          out.writeInt(blob.content().length);
          out.write(blob.content());
        });
  }

  void deleted(String container, String blob) {
    write(NO_BLOB, container, out -> text(out, blob));
  }

  private interface Fields {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Nothing of a change that cannot be written whole stays in the file. */
  private synchronized void write(byte kind, String name, Fields fields) {
    if (file == null) {
      return;
    }
    ByteArrayOutputStream change = new ByteArrayOutputStream();
    try {
      DataOutputStream data = new DataOutputStream(change);
      data.writeByte(kind);
      text(data, name);
      fields.writeTo(data);
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      new DataOutputStream(framed).writeInt(change.size());
      change.writeTo(framed);
      append(file, framed.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "A change of the blobs cannot be written to its file: " + FileTrouble.reason(e), e);
    }
  }

  private static void append(RandomAccessFile file, byte[] record) throws IOException {
    long before = file.getFilePointer();
    try {
      file.write(record);
    } catch (IOException e) {
      // Later changes would be taken for the rest of this one.
      file.setLength(before);
      file.seek(before);
      throw e;
    }
  }

  private static void text(DataOutputStream out, String value) throws IOException {
    byte[] bytes = value.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), UTF_8);
  }

  private static Instant time(DataInputStream in) throws IOException {
    return Instant.ofEpochMilli(in.readLong());
  }

  private static void map(DataOutputStream out, Map<String, String> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      text(out, entry.getKey());
      text(out, entry.getValue());
    }
  }

  private static SortedMap<String, String> map(DataInputStream in) throws IOException {
    SortedMap<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int size = in.readInt();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 2 * size; i++) {
      texts.add(text(in));
    }
    for (int i = 0; i < texts.size(); i += 2) {
      map.put(texts.get(i), texts.get(i + 1));
    }
    return Collections.unmodifiableSortedMap(map);
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
