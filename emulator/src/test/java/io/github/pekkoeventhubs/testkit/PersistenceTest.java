// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Emulators that begin with what earlier ones have kept. */
class PersistenceTest {

  @TempDir private Path directory;

  @Test
  void goesOnWithTheEventsOfAnEarlierProcess() {
    String offset;
    try (EventHubsEmulator first = startEventHubs()) {
      first.send(HUB, "0", event("a"), event("b"));
      first.send(HUB, "1", event("other"));
      offset = first.partition(HUB, "0").lastOffset();
    }
    try (EventHubsEmulator second = startEventHubs();
        JavaClients clients = new JavaClients(second)) {
      assertThat(bodies(second)).containsExactly("a", "b");
      assertThat(second.events(HUB, "0").get(0).properties()).containsEntry("kind", "order");
      assertThat(second.send(HUB, "0", event("c"))).isEqualTo(2);
      clients.receive("0", EventPosition.fromOffsetString(offset)).awaitBodies("c");
      clients.receive("0", EventPosition.earliest()).awaitBodies("a", "b", "c");
    }
    try (EventHubsEmulator third = startEventHubs()) {
      assertThat(bodies(third)).containsExactly("a", "b", "c");
      third.recreateEventHub(HUB, 2);
      assertThat(third.send(HUB, "0", event("anew"))).isZero();
    }
    try (EventHubsEmulator fourth = startEventHubs()) {
      assertThat(bodies(fourth)).containsExactly("anew");
    }
  }

  @Test
  void refusesFewerPartitionsThanHaveEvents() {
    try (EventHubsEmulator first = startEventHubs()) {
      first.send(HUB, "1", event("kept"));
    }
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> EventHubsEmulator.builder().eventHub(HUB, 1).persist(directory).start())
        .withMessageContaining("'" + HUB + "'")
        .withMessageContaining("at least 2")
        .withMessageContaining(directory.toString());
    try (EventHubsEmulator second = startEventHubs()) {
      assertThat(second.events(HUB, "1")).hasSize(1);
      second.recreateEventHub(HUB, 1);
    }
    try (EventHubsEmulator third =
        EventHubsEmulator.builder().eventHub(HUB, 1).persist(directory).start()) {
      assertThat(third.partitionIds(HUB)).containsExactly("0");
    }
  }

  @Test
  void dropsAnEventThatWasCutShort() throws Exception {
    try (EventHubsEmulator first = startEventHubs()) {
      first.send(HUB, "0", event("whole"), event("cut short"));
    }
    try (FileChannel file =
        FileChannel.open(directory.resolve(HUB).resolve("0.events"), StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 3);
    }
    try (EventHubsEmulator second = startEventHubs()) {
      assertThat(bodies(second)).containsExactly("whole");
      assertThat(second.send(HUB, "0", event("next"))).isEqualTo(1);
    }
    try (EventHubsEmulator third = startEventHubs()) {
      assertThat(bodies(third)).containsExactly("whole", "next");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void saysThatFilesAreDamaged(int length) throws Exception {
    try (EventHubsEmulator first = startEventHubs();
        BlobEmulator blobs = startBlobs()) {
      first.send(HUB, "0", event("whole"));
      assertThat(blobs.containers()).containsExactly("checkpoints");
    }
    // Behind sequence number, position, time and the length of the header.
    overwrite(directory.resolve(HUB).resolve("0.events"), 28, length);
    overwrite(directory.resolve("blobs.journal"), 0, length);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(this::startEventHubs)
        .withMessageContaining("0.events cannot be read: The file is damaged at byte 0");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(this::startBlobs)
        .withMessageContaining("blobs.journal cannot be read: A change has the length " + length);
  }

  @Test
  void takesALengthBeyondTheEndOfAFileForAnEventThatWasCutShort() throws Exception {
    try (EventHubsEmulator first = startEventHubs()) {
      first.send(HUB, "0", event("cut short"));
    }
    overwrite(directory.resolve(HUB).resolve("0.events"), 28, Integer.MAX_VALUE);

    try (EventHubsEmulator second = startEventHubs()) {
      assertThat(bodies(second)).isEmpty();
    }
  }

  private static void overwrite(Path path, long position, int value) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(position);
      file.writeInt(value);
    }
  }

  @Test
  void goesOnWithTheBlobsOfAnEarlierProcess() {
    List<BlobSnapshot> kept;
    try (BlobEmulator first = startBlobs()) {
      BlobContainerClient container =
          BlobClients.container(first.connectionString(), "checkpoints");
      BlobClients.put(container.getBlobClient("a/0"), Map.of("ownerid", "me", "Mixed", "Case"));
      BlobClients.put(container.getBlobClient("a/1"), Map.of());
      container.getBlobClient("a/0").setMetadata(Map.of("ownerid", "other"));
      container.getBlobClient("a/1").delete();
      first.createContainer("second");
      first.deleteContainer("second");
      kept = first.blobs("checkpoints");
    }
    try (BlobEmulator second = startBlobs()) {
      assertThat(second.containers()).containsExactly("checkpoints");
      assertThat(second.blobs("checkpoints")).isEqualTo(kept);
      BlobClient blob =
          BlobClients.container(second.connectionString(), "checkpoints").getBlobClient("a/0");
      assertThat(blob.getProperties().getMetadata()).isEqualTo(Map.of("ownerid", "other"));
      blob.setMetadata(Map.of("ownerid", "third"));
    }
    try (BlobEmulator third = startBlobs()) {
      assertThat(third.blob("checkpoints", "a/0").orElseThrow().metadata())
          .isEqualTo(Map.of("ownerid", "third"));
    }
  }

  @Test
  void keepsASecondEmulatorFromTheDirectoryOfTheFirst() {
    try (EventHubsEmulator first = startEventHubs();
        BlobEmulator blobs = startBlobs()) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(this::startEventHubs)
          .withMessageContaining("stop the emulator that uses it")
          .withMessageContaining(directory.toString());
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(this::startBlobs)
          .withMessageContaining("stop the emulator that uses it");
      first.send(HUB, "0", event("a"));
      assertThat(blobs.containers()).containsExactly("checkpoints");
    }
    try (EventHubsEmulator second = startEventHubs()) {
      assertThat(bodies(second)).containsExactly("a");
    }
  }

  @Test
  void saysWhyADirectoryCannotBeUsed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    EventHubsEmulator.Builder eventHubs = EventHubsEmulator.builder().persist(file);
    BlobEmulator.Builder blobs = BlobEmulator.builder().persist(file.resolve("below"));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(eventHubs::start)
        .withMessageContaining(
            "No events can be kept in " + file + ": " + file + " is no directory")
        .withMessageNotContaining("stop the emulator");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(blobs::start)
        .withMessageContaining("No blobs can be kept in " + file)
        .withMessageContaining("Not a directory")
        .withMessageNotContaining("stop the emulator");
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    Files.createDirectories(directory.resolve(HUB).resolve("0.events"));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(this::startEventHubs)
        .withMessageContaining("0.events cannot be read: Is a directory");
    Files.createDirectory(directory.resolve("blobs.journal"));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(this::startBlobs)
        .withMessageContaining("blobs.journal cannot be read: Is a directory");
  }

  @Test
  void leavesTheBlobsAloneWhenItsPortIsTaken() {
    try (BlobEmulator other = BlobEmulator.start()) {
      BlobEmulator.Builder builder = BlobEmulator.builder().port(other.port()).persist(directory);
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(builder::start)
          .withMessageContaining("port " + other.port());
    }

    assertThat(directory.resolve("blobs.journal")).doesNotExist();
    startBlobs().close();
  }

  private EventHubsEmulator startEventHubs() {
    return EventHubsEmulator.builder().eventHub(HUB, 2).persist(directory).start();
  }

  private BlobEmulator startBlobs() {
    return BlobEmulator.builder().container("checkpoints").persist(directory).start();
  }

  private static EventData event(String body) {
    EventData event = new EventData(body);
    event.getProperties().put("kind", "order");
    return event;
  }

  private static List<String> bodies(EventHubsEmulator emulator) {
    return emulator.events(HUB, "0").stream().map(StoredEvent::bodyAsString).toList();
  }
}
