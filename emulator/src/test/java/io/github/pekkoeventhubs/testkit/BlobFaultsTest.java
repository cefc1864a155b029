// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.GET_PROPERTIES;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.LIST_BLOBS;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.PUT_BLOB;
import static io.github.pekkoeventhubs.emulator.blob.BlobOperation.SET_METADATA;
import static io.github.pekkoeventhubs.emulator.clients.BlobClients.assertRefused;
import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobErrorCode;
import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults by command: which requests they hit, what becomes of them, and what the handles say. */
class BlobFaultsTest {

  private static final Map<String, String> ME = Map.of("ownerid", "me");

  private BlobEmulator blobs;
  private BlobContainerClient container;
  private BlobClient blob;

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container("checkpoints").start();
    container = BlobClients.container(blobs.connectionString(), "checkpoints");
    blob = container.getBlobClient("ownership/0");
    BlobClients.put(blob, Map.of("ownerid", ""));
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @ParameterizedTest
  @CsvSource({
    "412, ConditionNotMet",
    "409, BlobAlreadyExists",
    "404, BlobNotFound",
    "503, ServerBusy",
    "500, InternalError"
  })
  void answersWithAnErrorAndAppliesNothing(int status, String code) {
    BlobFault fault = blobs.faults().next(2).of(SET_METADATA).answer(status, code);

    assertRefused(() -> blob.setMetadata(ME), status, BlobErrorCode.fromString(code));
    assertRefused(() -> blob.setMetadata(ME), status, BlobErrorCode.fromString(code));
    assertThat(owner()).isEmpty();
    blob.setMetadata(ME);
    assertThat(owner()).isEqualTo("me");
    assertThat(fault.hits()).isEqualTo(2);
    assertThat(fault.exhausted()).isTrue();
  }

  @Test
  void hitsOnlyTheOperationsAndBlobsItIsFor() {
    BlobFault fault =
        blobs
            .faults()
            .always()
            .of(SET_METADATA, PUT_BLOB)
            .onBlobs(name -> name.startsWith("checkpoint/"))
            .answer(503, "ServerBusy");
    BlobClient checkpoint = container.getBlobClient("checkpoint/0");

    blob.setMetadata(ME);
    assertThat(checkpoint.exists()).isFalse();
    assertThat(fault.hits()).isZero();
    assertRefused(() -> BlobClients.put(checkpoint, ME), 503, BlobErrorCode.SERVER_BUSY);
    assertThat(fault.hits()).isEqualTo(1);
    assertThat(fault.exhausted()).isFalse();
  }

  @Test
  void hitsARequestOnceWithTheFaultThatWasOrderedFirst() {
    BlobFault first = blobs.faults().next(1).answer(500, "InternalError");
    BlobFault second = blobs.faults().next(1).answer(503, "ServerBusy");

    assertRefused(() -> blob.setMetadata(ME), 500, BlobErrorCode.INTERNAL_ERROR);
    assertThat(second.hits()).isZero();
    assertRefused(() -> blob.setMetadata(ME), 503, BlobErrorCode.SERVER_BUSY);
    assertThat(first.hits()).isEqualTo(1);
  }

  @Test
  void endsWhenItIsCancelledOrAllAreCleared() {
    BlobFault cancelled = blobs.faults().always().answer(503, "ServerBusy");
    blobs.faults().always().of(LIST_BLOBS).answer(500, "InternalError");

    cancelled.cancel();
    blob.setMetadata(ME);
    assertThatThrownBy(() -> container.listBlobs().stream().count()).isNotNull();
    blobs.faults().clear();
    assertThat(container.listBlobs()).hasSize(1);
  }

  @Test
  void holdsARequestUntilItIsReleased() {
    BlobFault held = blobs.faults().next(1).of(SET_METADATA).hold();
    CompletableFuture<Void> write = runAsync(() -> blob.setMetadata(ME));
    await().until(() -> held.hits() == 1);

    assertThat(write).isNotDone();
    assertThat(owner()).isEmpty();
    held.release();
    assertThat(write).succeedsWithin(Duration.ofSeconds(30));
    assertThat(owner()).isEqualTo("me");
  }

  @Test
  void servesOtherRequestsForTheBlobWhileOneIsHeld() {
    BlobFault held = blobs.faults().next(1).of(SET_METADATA).hold();
    CompletableFuture<Void> write = runAsync(() -> blob.setMetadata(ME));
    await().until(() -> held.hits() == 1);

    blob.setMetadata(Map.of("ownerid", "other"));
    assertThat(owner()).isEqualTo("other");
    blobs.faults().clear();
    assertThat(write).succeedsWithin(Duration.ofSeconds(30));
    assertThat(owner()).isEqualTo("me");
  }

  @Test
  void holdsAReplyAfterApplying() {
    BlobFault held = blobs.faults().next(1).of(SET_METADATA).holdReply();
    CompletableFuture<Void> write = runAsync(() -> blob.setMetadata(ME));
    await().until(() -> owner().equals("me"));

    assertThat(write).isNotDone();
    assertThat(held.hits()).isEqualTo(1);
    held.cancel();
    assertThat(write).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void delaysARequest() {
    BlobFault delay = blobs.faults().next(1).of(GET_PROPERTIES).delay(Duration.ofMillis(150));
    assertThat(delay.hits()).isZero();

    long started = System.nanoTime();
    assertThat(blob.exists()).isTrue();

    assertThat(Duration.ofNanos(System.nanoTime() - started))
        .isGreaterThanOrEqualTo(Duration.ofMillis(150));
    assertThat(delay.hits()).isEqualTo(1);
  }

  @Test
  void sendsAReplySlowly() {
    BlobFault slow = blobs.faults().next(1).of(SET_METADATA).slowReply(Duration.ofMillis(200));
    assertThat(slow.hits()).isZero();

    long started = System.nanoTime();
    blob.setMetadata(ME);

    assertThat(Duration.ofNanos(System.nanoTime() - started))
        .isGreaterThanOrEqualTo(Duration.ofMillis(180));
    assertThat(slow.hits()).isEqualTo(1);
    assertThat(owner()).isEqualTo("me");
  }

  @Test
  void losesAReplyAfterApplying() {
    BlobFault fault = blobs.faults().next(1).of(SET_METADATA).dropReply();

    assertThatThrownBy(() -> blob.setMetadata(ME)).isNotNull();

    assertThat(owner()).isEqualTo("me");
    assertThat(fault.hits()).isEqualTo(1);
    blob.setMetadata(Map.of("ownerid", "again"));
    assertThat(owner()).isEqualTo("again");
  }

  @Test
  void dropsAConnectionBeforeApplying() {
    BlobFault fault = blobs.faults().next(1).of(SET_METADATA).dropConnection();

    assertThatThrownBy(() -> blob.setMetadata(ME)).isNotNull();

    assertThat(owner()).isEmpty();
    assertThat(fault.hits()).isEqualTo(1);
    assertThat(blobs.writeAttempts()).hasSize(1);
  }

  @Test
  void closesWhileARequestIsHeld() {
    BlobFault held = blobs.faults().next(1).of(SET_METADATA).holdReply();
    CompletableFuture<Void> write = runAsync(() -> blob.setMetadata(ME));
    await().until(() -> held.hits() == 1);

    blobs.close();

    await().until(write::isDone);
  }

  @Test
  void refusesFaultsThatCannotBe() {
    assertThatThrownBy(() -> blobs.faults().next(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs.faults().next(1).answer(200, "OK"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> blobs.faults().next(1).delay(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resetsAConnectionBeforeApplying() {
    BlobFault fault = blobs.faults().next(1).of(SET_METADATA).resetConnection();

    assertThatThrownBy(() -> blob.setMetadata(ME)).isInstanceOf(RuntimeException.class);

    assertThat(fault.hits()).isEqualTo(1);
    assertThat(owner()).isEmpty();
    blob.setMetadata(ME);
    assertThat(owner()).isEqualTo("me");
  }

  @Test
  void concernsOneContainerOnlyWhenAskedForItsFaults() {
    blobs.createContainer("others");
    BlobFault fault =
        blobs.faults().inContainer("others").always().of(SET_METADATA).answer(503, "ServerBusy");

    blob.setMetadata(ME);

    assertThat(fault.hits()).isZero();
    BlobFault own = blobs.faults().inContainer("checkpoints").always().answer(503, "ServerBusy");
    blobs.faults().inContainer("others").clear();
    assertThatThrownBy(() -> blob.setMetadata(ME)).isInstanceOf(RuntimeException.class);
    assertThat(own.hits()).isEqualTo(1);
  }

  @Test
  void setsTheClockWrongForAWhile() {
    FaultHandle jump = blobs.jumpClock(Duration.ofHours(-2));
    blob.setMetadata(ME);
    Instant wrong = blobs.blob("checkpoints", "ownership/0").orElseThrow().lastModified();
    jump.cancel();
    blob.setMetadata(ME);
    Instant right = blobs.blob("checkpoints", "ownership/0").orElseThrow().lastModified();

    assertThat(Duration.between(wrong, right))
        .isBetween(Duration.ofMinutes(119), Duration.ofMinutes(130));
  }

  private String owner() {
    return blobs
        .blob("checkpoints", "ownership/0")
        .map(current -> current.metadata().get("ownerid"))
        .orElseThrow();
  }
}
