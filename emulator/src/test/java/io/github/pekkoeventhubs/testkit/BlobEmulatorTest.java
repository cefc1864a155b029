// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.BlobClients.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlobParallelUploadOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each operation and each view of the embedded Blob service, through the official client. */
class BlobEmulatorTest {

  private static final String CONTAINER = "checkpoints";
  private static final String NAME = "ns.servicebus.windows.net/orders/$default/ownership/0";

  private final SettableClock clock =
      SettableClock.startingAt(Instant.parse("2026-03-01T12:00:00.750Z"));
  private BlobEmulator blobs;
  private BlobServiceClient service;
  private BlobContainerClient container;

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container(CONTAINER).clock(clock).start();
    service = BlobClients.builder(blobs.connectionString()).buildClient();
    container = service.getBlobContainerClient(CONTAINER);
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Test
  void createsFindsListsAndDeletesContainers() {
    BlobContainerClient other = service.getBlobContainerClient("other-container");

    assertThat(other.exists()).isFalse();
    other.createWithResponse(Map.of("purpose", "test"), null, null, null);
    assertThat(other.exists()).isTrue();
    assertThat(other.getProperties().getMetadata()).containsEntry("purpose", "test");
    assertThat(service.listBlobContainers())
        .extracting("name")
        .containsExactly(CONTAINER, "other-container");
    assertThat(other.createIfNotExists()).isFalse();
    assertRefused(other::create, 409, BlobErrorCode.CONTAINER_ALREADY_EXISTS);
    other.delete();
    assertThat(other.exists()).isFalse();
    assertRefused(other::delete, 404, BlobErrorCode.CONTAINER_NOT_FOUND);
    assertThat(blobs.containers()).containsExactly(CONTAINER);
  }

  @Test
  void refusesContainerNamesThatTheRealServiceRefuses() {
    assertRefused(
        () -> service.getBlobContainerClient("Upper").create(),
        400,
        BlobErrorCode.INVALID_RESOURCE_NAME);
    assertRefused(
        () -> service.getBlobContainerClient("ab").create(), 400, BlobErrorCode.OUT_OF_RANGE_INPUT);
    assertThatThrownBy(() -> blobs.createContainer("Upper"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Upper'");
    assertThatThrownBy(() -> blobs.createContainer(CONTAINER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already exists");
  }

  @Test
  void readsBackContentMetadataAndTypeOfABlob() {
    BlobClient blob = container.getBlobClient(NAME);

    blob.uploadWithResponse(
        new BlobParallelUploadOptions(BinaryData.fromString("content"))
            .setMetadata(Map.of("ownerid", "me"))
            .setHeaders(new BlobHttpHeaders().setContentType("text/plain")),
        null,
        null);

    BlobProperties properties = blob.getProperties();
    assertThat(blob.downloadContent().toString()).isEqualTo("content");
    assertThat(properties.getMetadata()).containsExactly(Map.entry("ownerid", "me"));
    assertThat(properties.getContentType()).isEqualTo("text/plain");
    assertThat(properties.getBlobSize()).isEqualTo(7);
    assertThat(blobs.blob(CONTAINER, NAME))
        .hasValueSatisfying(
            snapshot -> {
              assertThat(snapshot.etag()).isEqualTo(properties.getETag().replace("\"", ""));
              assertThat(snapshot.metadata()).containsExactly(Map.entry("ownerid", "me"));
              assertThat(snapshot.contentLength()).isEqualTo(7);
            });
  }

  @Test
  void sendsThePartOfABlobThatIsAskedFor() {
    BlobClient blob = container.getBlobClient("alphabet");
    blob.upload(BinaryData.fromString("abcdefghij"));

    assertThat(range(blob, new BlobRange(2, 3L))).isEqualTo("cde");
    assertThat(range(blob, new BlobRange(8))).isEqualTo("ij");
    assertThat(range(blob, new BlobRange(8, 100L))).isEqualTo("ij");
    assertRefused(() -> range(blob, new BlobRange(10, 1L)), 416, BlobErrorCode.INVALID_RANGE);
  }

  @Test
  void replacesMetadataAsAWholeAndKeepsTheContent() {
    BlobClient blob = put(NAME, Map.of("ownerid", "me", "extra", "1"));
    String before = blob.getProperties().getETag();

    blob.setMetadata(Map.of("ownerid", ""));

    assertThat(blob.getProperties().getMetadata()).containsExactly(Map.entry("ownerid", ""));
    assertThat(blob.getProperties().getETag()).isNotEqualTo(before);
    blob.setMetadata(Map.of());
    assertThat(blob.getProperties().getMetadata()).isEmpty();
    assertThat(blob.downloadContent().toString()).isEmpty();
  }

  @Test
  void keepsTheCaseOfMetadataNames() {
    put(NAME, Map.of("OwnerId", "me"));

    assertThat(container.listBlobs(BlobClients.withMetadata(""), null))
        .singleElement()
        .satisfies(item -> assertThat(item.getMetadata()).containsOnlyKeys("OwnerId"));
    assertThat(blobs.blob(CONTAINER, NAME).map(blob -> blob.metadata().get("ownerid")))
        .contains("me");
  }

  @Test
  void refusesMetadataThatTheRealServiceRefuses() {
    BlobClient blob = put(NAME, Map.of());

    assertRefused(
        () -> blob.setMetadata(Map.of("owner-id", "me")), 400, BlobErrorCode.INVALID_METADATA);
    assertRefused(
        () -> blob.setMetadata(Map.of("ownerid", "m".repeat(8200))),
        400,
        BlobErrorCode.METADATA_TOO_LARGE);
  }

  @Test
  void keepsNamesApartThatDifferInCaseOrInOddCharacters() {
    Set<String> names =
        Set.of(
            "hub/$Default/0", "hub/$default/0", "a+b", "a b", "100%", "\u00e9\u2713", "q?x=1&y#z");

    names.forEach(name -> put(name, Map.of("k", "v")));

    assertThat(container.listBlobs()).extracting("name").containsExactlyInAnyOrderElementsOf(names);
    assertThat(names).allMatch(name -> container.getBlobClient(name).exists());
  }

  @Test
  void deletesBlobs() {
    BlobClient blob = put(NAME, Map.of());

    blob.delete();

    assertThat(blob.exists()).isFalse();
    assertThat(blobs.blob(CONTAINER, NAME)).isEmpty();
    assertRefused(blob::delete, 404, BlobErrorCode.BLOB_NOT_FOUND);
    assertRefused(() -> blob.setMetadata(Map.of()), 404, BlobErrorCode.BLOB_NOT_FOUND);
    assertRefused(blob::downloadContent, 404, BlobErrorCode.BLOB_NOT_FOUND);
  }

  @Test
  void answersRequestsForAMissingContainerByName() {
    BlobClient blob = service.getBlobContainerClient("missing").getBlobClient(NAME);

    assertThat(blob.exists()).isFalse();
    assertRefused(() -> BlobClients.put(blob, Map.of()), 404, BlobErrorCode.CONTAINER_NOT_FOUND);
    assertRefused(() -> blob.setMetadata(Map.of()), 404, BlobErrorCode.CONTAINER_NOT_FOUND);
    assertThat(blobs.blob("missing", NAME)).isEmpty();
    assertThat(blobs.blobs("missing")).isEmpty();
  }

  @Test
  void givesEveryWriteANewETagEvenIfNothingChanges() {
    BlobClient blob = put(NAME, Map.of("ownerid", "me"));
    Set<String> etags = new HashSet<>();

    for (int i = 0; i < 50; i++) {
      blob.setMetadata(Map.of("ownerid", "me"));
      etags.add(blob.getProperties().getETag());
    }

    assertThat(etags).hasSize(50);
  }

  @Test
  void tellsTheTimeOfItsOwnClockInWholeSeconds() {
    BlobClient blob = put(NAME, Map.of());

    clock.advance(Duration.ofMillis(1249));
    var reply = blob.setMetadataWithResponse(Map.of("k", "v"), null, null, null);

    OffsetDateTime expected = OffsetDateTime.parse("2026-03-01T12:00:01Z");
    assertThat(reply.getHeaders().getValue(HttpHeaderName.DATE))
        .isEqualTo("Sun, 01 Mar 2026 12:00:01 GMT");
    assertThat(blob.getProperties().getLastModified()).isEqualTo(expected);
    assertThat(blob.getProperties().getCreationTime())
        .isEqualTo(OffsetDateTime.parse("2026-03-01T12:00:00Z"));
    assertThat(container.listBlobs().iterator().next().getProperties().getLastModified())
        .isEqualTo(expected);
  }

  @Test
  void logsWritesInOrderWithTheStatesBeforeAndAfter() {
    BlobClient blob = put(NAME, Map.of("ownerid", "me"));
    String first = etagOf(NAME);
    blob.setMetadata(Map.of("ownerid", "you"));
    String second = etagOf(NAME);
    assertRefused(() -> BlobClients.create(blob, Map.of()), 409, BlobErrorCode.BLOB_ALREADY_EXISTS);
    blob.delete();

    assertThat(blobs.writeAttempts())
        .extracting(
            BlobWrite::operation, BlobWrite::etagBefore, BlobWrite::etagAfter, BlobWrite::status)
        .containsExactly(
            tuple(BlobOperation.PUT_BLOB, null, first, 201),
            tuple(BlobOperation.SET_METADATA, first, second, 200),
            tuple(BlobOperation.PUT_BLOB, second, second, 409),
            tuple(BlobOperation.DELETE_BLOB, second, null, 202));
    assertThat(blobs.writes()).extracting(BlobWrite::number).containsExactly(1L, 2L, 4L);
    assertThat(blobs.writes().get(1))
        .satisfies(
            write -> {
              assertThat(write.container()).isEqualTo(CONTAINER);
              assertThat(write.blob()).isEqualTo(NAME);
              assertThat(write.metadata()).containsExactly(Map.entry("ownerid", "you"));
              assertThat(write.time()).isEqualTo(clock.instant());
              assertThat(write.client()).startsWith("azsdk-java-azure-storage-blob");
            });
  }

  @Test
  void keepsOnlyTheLatestWritesInItsLog() {
    try (BlobEmulator small =
        BlobEmulator.builder().container(CONTAINER).writeLogCapacity(2).start()) {
      BlobContainerClient client = BlobClients.container(small.connectionString(), CONTAINER);
      for (int i = 0; i < 5; i++) {
        BlobClients.put(client.getBlobClient("blob" + i), Map.of());
      }

      assertThat(small.writes()).extracting(BlobWrite::number).containsExactly(4L, 5L);
    }
  }

  @Test
  void countsRequestsByKind() {
    BlobClient blob = put(NAME, Map.of());
    blob.exists();
    blob.setMetadata(Map.of("a", "1"));
    blob.setMetadata(Map.of("a", "2"));
    container.listBlobs().forEach(item -> {});

    assertThat(blobs.requests())
        .containsOnly(
            Map.entry(BlobOperation.PUT_BLOB, 1L),
            Map.entry(BlobOperation.GET_PROPERTIES, 1L),
            Map.entry(BlobOperation.SET_METADATA, 2L),
            Map.entry(BlobOperation.LIST_BLOBS, 1L));
    assertThat(blobs.requests(BlobOperation.DELETE_BLOB)).isZero();
  }

  @Test
  void showsItsStateWithoutAClient() {
    put("b", Map.of());
    put("a", Map.of());
    blobs.createContainer("second");

    assertThat(blobs.containers()).containsExactly(CONTAINER, "second");
    assertThat(blobs.blobs(CONTAINER)).extracting(BlobSnapshot::name).containsExactly("a", "b");
    assertThat(blobs.blobs("second")).isEmpty();
  }

  @Test
  void saysSoWhenItDoesNotKnowARequest() {
    BlockBlobClient blob = container.getBlobClient(NAME).getBlockBlobClient();

    assertThatThrownBy(() -> blob.commitBlockList(List.of()))
        .isInstanceOfSatisfying(
            BlobStorageException.class,
            refused -> {
              assertThat(refused.getStatusCode()).isEqualTo(501);
              assertThat(refused.getServiceMessage()).contains("PUT BLOB {comp=blocklist}");
            });
  }

  @Test
  void namesThePortThatIsTaken() {
    assertThatThrownBy(() -> BlobEmulator.builder().port(blobs.port()).start())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("port " + blobs.port());
  }

  @Test
  void leavesNoThreadBehindAndCanBeClosedTwice() {
    put(NAME, Map.of());
    String prefix = "blob-emulator-" + blobs.port();
    assertThat(threadsNamed(prefix)).isNotEmpty();

    blobs.close();
    blobs.close();

    assertThat(threadsNamed(prefix)).isEmpty();
  }

  @Test
  void playsAnotherAccount() {
    try (BlobEmulator other =
        BlobEmulator.builder()
            .account("mine", "c2VjcmV0LWtleS1vZi1hLXRlc3Q=")
            .container(CONTAINER)
            .start()) {
      assertThat(BlobClients.container(other.connectionString(), CONTAINER).exists()).isTrue();
      assertThat(other.endpoint()).endsWith("/mine");
    }
  }

  private static List<String> threadsNamed(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  private BlobClient put(String name, Map<String, String> metadata) {
    BlobClient blob = container.getBlobClient(name);
    BlobClients.put(blob, metadata);
    return blob;
  }

  private String etagOf(String name) {
    return blobs.blob(CONTAINER, name).orElseThrow().etag();
  }

  private static String range(BlobClient blob, BlobRange range) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    blob.downloadStreamWithResponse(content, range, null, null, false, null, null);
    return content.toString(StandardCharsets.UTF_8);
  }
}
