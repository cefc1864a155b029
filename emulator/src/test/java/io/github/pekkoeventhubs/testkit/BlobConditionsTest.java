// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.BlobClients.assertRefused;
import static io.github.pekkoeventhubs.emulator.clients.BlobClients.setMetadata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The effects of conditional headers, operation by operation, through the official client. */
class BlobConditionsTest {

  private static final Map<String, String> OTHER = Map.of("ownerid", "other");

  private final SettableClock clock =
      SettableClock.startingAt(Instant.parse("2026-03-01T12:00:00Z"));
  private BlobEmulator blobs;
  private BlobClient blob;

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container("checkpoints").clock(clock).start();
    blob =
        BlobClients.container(blobs.connectionString(), "checkpoints").getBlobClient("ownership/0");
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Test
  void createsABlobOnlyOnce() {
    assertThat(BlobClients.create(blob, Map.of("ownerid", "me")).getStatusCode()).isEqualTo(201);

    assertRefused(() -> BlobClients.create(blob, OTHER), 409, BlobErrorCode.BLOB_ALREADY_EXISTS);

    assertThat(blob.getProperties().getMetadata()).containsEntry("ownerid", "me");
  }

  @Test
  void writesWithTheCurrentETagAndRefusesAStaleOne() {
    String first = put();

    setMetadata(blob, Map.of("ownerid", "me"), ifMatch(first));

    assertRefused(
        () -> setMetadata(blob, OTHER, ifMatch(first)), 412, BlobErrorCode.CONDITION_NOT_MET);
    assertRefused(
        () -> BlobClients.put(blob, OTHER, ifMatch(first)), 412, BlobErrorCode.CONDITION_NOT_MET);
    assertRefused(
        () -> blob.deleteWithResponse(null, ifMatch(first), null, null),
        412,
        BlobErrorCode.CONDITION_NOT_MET);
    assertThat(blob.getProperties().getMetadata()).containsEntry("ownerid", "me");
  }

  @Test
  void takesETagsWithAndWithoutQuotationMarks() {
    String etag = put().replace("\"", "");
    setMetadata(blob, OTHER, ifMatch(etag));

    String next = blob.getProperties().getETag().replace("\"", "");
    setMetadata(blob, OTHER, ifMatch("\"" + next + "\""));

    assertThat(blobs.writes()).hasSize(3);
  }

  @Test
  void refusesAnETagForABlobThatDoesNotExist() {
    BlobRequestConditions condition = ifMatch("\"0x1\"");

    assertRefused(() -> setMetadata(blob, OTHER, condition), 412, BlobErrorCode.CONDITION_NOT_MET);
    assertRefused(
        () -> BlobClients.put(blob, OTHER, condition), 412, BlobErrorCode.CONDITION_NOT_MET);
    assertRefused(
        () -> BlobClients.put(blob, OTHER, ifMatch("*")), 412, BlobErrorCode.CONDITION_NOT_MET);
  }

  @Test
  void overlooksIfNoneMatchAnyWhenSettingMetadataAsTheServiceDoes() {
    put();

    setMetadata(blob, OTHER, new BlobRequestConditions().setIfNoneMatch("*"));

    assertThat(blob.getProperties().getMetadata()).isEqualTo(OTHER);
  }

  @Test
  void refusesAWriteWhoseIfNoneMatchIsTheCurrentETag() {
    String etag = put();

    assertRefused(
        () -> setMetadata(blob, OTHER, new BlobRequestConditions().setIfNoneMatch(etag)),
        412,
        BlobErrorCode.CONDITION_NOT_MET);
  }

  @Test
  void decidesWritesByTimeInWholeSeconds() {
    put();
    OffsetDateTime written = OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    clock.advance(Duration.ofMillis(999));

    assertRefused(
        () -> setMetadata(blob, OTHER, new BlobRequestConditions().setIfModifiedSince(written)),
        412,
        BlobErrorCode.CONDITION_NOT_MET);
    setMetadata(blob, OTHER, new BlobRequestConditions().setIfUnmodifiedSince(written));
    clock.advance(Duration.ofMillis(1));
    setMetadata(blob, OTHER, new BlobRequestConditions().setIfUnmodifiedSince(written));
    assertRefused(
        () -> setMetadata(blob, OTHER, new BlobRequestConditions().setIfUnmodifiedSince(written)),
        412,
        BlobErrorCode.CONDITION_NOT_MET);
    setMetadata(blob, OTHER, new BlobRequestConditions().setIfModifiedSince(written));
  }

  @Test
  void answersConditionalReads() {
    String etag = put();
    OffsetDateTime written = OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);

    assertThat(statusOfRead(ifMatch(etag))).isEqualTo(200);
    assertThat(statusOfRead(ifMatch("\"0x1\""))).isEqualTo(412);
    assertThat(statusOfRead(new BlobRequestConditions().setIfNoneMatch("\"0x1\""))).isEqualTo(200);
    assertThat(statusOfRead(new BlobRequestConditions().setIfNoneMatch(etag))).isEqualTo(304);
    assertThat(statusOfRead(new BlobRequestConditions().setIfNoneMatch("*"))).isEqualTo(400);
    assertThat(statusOfRead(new BlobRequestConditions().setIfModifiedSince(written)))
        .isEqualTo(304);
    assertThat(statusOfRead(new BlobRequestConditions().setIfUnmodifiedSince(written)))
        .isEqualTo(200);
    assertThat(
            statusOfRead(new BlobRequestConditions().setIfUnmodifiedSince(written.minusSeconds(1))))
        .isEqualTo(412);
  }

  @Test
  void refusesConditionsThatTheServiceDoesNotCombine() {
    String etag = put();

    assertRefused(
        () ->
            setMetadata(
                blob, OTHER, new BlobRequestConditions().setIfMatch(etag).setIfNoneMatch("*")),
        400,
        BlobErrorCode.MULTIPLE_CONDITION_HEADERS_NOT_SUPPORTED);
    assertRefused(
        () -> setMetadata(blob, OTHER, ifMatch("\"0x1\",\"0x2\"")),
        400,
        BlobErrorCode.MULTIPLE_CONDITION_HEADERS_NOT_SUPPORTED);
  }

  @Test
  void recordsRefusedWritesWithTheReason() {
    put();
    assertThatThrownBy(() -> setMetadata(blob, OTHER, ifMatch("\"0x1\"")))
        .isInstanceOf(BlobStorageException.class);

    assertThat(blobs.writes()).hasSize(1);
    assertThat(blobs.writeAttempts())
        .last()
        .satisfies(
            write -> {
              assertThat(write.applied()).isFalse();
              assertThat(write.errorCode()).isEqualTo("ConditionNotMet");
              assertThat(write.status()).isEqualTo(412);
              assertThat(write.metadata()).isEqualTo(OTHER);
              assertThat(write.etagAfter()).isEqualTo(write.etagBefore());
            });
  }

  private String put() {
    return BlobClients.put(blob, Map.of("ownerid", "")).getValue().getETag();
  }

  private int statusOfRead(BlobRequestConditions conditions) {
    try {
      return blob.getPropertiesWithResponse(conditions, null, null).getStatusCode();
    } catch (BlobStorageException refused) {
      return refused.getStatusCode();
    }
  }

  private static BlobRequestConditions ifMatch(String etag) {
    return new BlobRequestConditions().setIfMatch(etag);
  }
}
