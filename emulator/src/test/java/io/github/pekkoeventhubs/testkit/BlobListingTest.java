// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.BlobClients.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.rest.PagedResponse;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists with prefix, metadata, pages and virtual folders, through the official client. */
class BlobListingTest {

  private static final String PREFIX = "ns/orders/$default/ownership/";

  private static BlobEmulator blobs;
  private static BlobContainerClient container;

  @BeforeAll
  static void start() {
    blobs = BlobEmulator.builder().container("lists").start();
    container = BlobClients.container(blobs.connectionString(), "lists");
    for (int partition = 0; partition < 25; partition++) {
      BlobClients.put(
          container.getBlobClient(PREFIX + partition),
          Map.of("ownerid", "owner<&>\"'" + partition));
    }
    BlobClients.put(container.getBlobClient("ns/orders/$default/checkpoint/0"), Map.of());
    BlobClients.put(container.getBlobClient("ns/orders/a"), Map.of());
    BlobClients.put(container.getBlobClient("ns/z"), Map.of());
  }

  @AfterAll
  static void close() {
    blobs.close();
  }

  @Test
  void listsNamesWithAPrefixInOrder() {
    List<String> names =
        container.listBlobs(new ListBlobsOptions().setPrefix(PREFIX + "1"), null).stream()
            .map(BlobItem::getName)
            .toList();

    assertThat(names).hasSize(11).isSorted().allMatch(name -> name.startsWith(PREFIX + "1"));
  }

  @Test
  void listsWhatGetPropertiesSays() {
    BlobItem item =
        container.listBlobs(BlobClients.withMetadata(PREFIX + "3"), null).iterator().next();

    var properties = container.getBlobClient(PREFIX + "3").getProperties();
    assertThat(item.getMetadata()).isEqualTo(properties.getMetadata());
    assertThat(item.getMetadata()).containsEntry("ownerid", "owner<&>\"'3");
    assertThat(item.getProperties().getETag()).isEqualTo(properties.getETag().replace("\"", ""));
    assertThat(item.getProperties().getLastModified()).isEqualTo(properties.getLastModified());
    assertThat(item.getProperties().getContentLength()).isZero();
  }

  @Test
  void leavesMetadataOutUnlessAskedFor() {
    assertThat(container.listBlobs(new ListBlobsOptions().setPrefix(PREFIX), null))
        .allMatch(item -> item.getMetadata() == null || item.getMetadata().isEmpty());
  }

  @Test
  void listsInPages() {
    List<Integer> sizes = new ArrayList<>();
    List<String> names = new ArrayList<>();

    for (PagedResponse<BlobItem> page :
        container
            .listBlobs(new ListBlobsOptions().setPrefix(PREFIX).setMaxResultsPerPage(10), null)
            .iterableByPage()) {
      sizes.add(page.getValue().size());
      page.getValue().forEach(item -> names.add(item.getName()));
    }

    assertThat(sizes).containsExactly(10, 10, 5);
    assertThat(names).doesNotHaveDuplicates().hasSize(25);
  }

  @Test
  void endsWithThePageThatTakesTheLastName() {
    Iterable<PagedResponse<BlobItem>> pages =
        container
            .listBlobs(new ListBlobsOptions().setPrefix(PREFIX).setMaxResultsPerPage(25), null)
            .iterableByPage();

    assertThat(pages).hasSize(1);
  }

  @Test
  void foldsNamesAtTheDelimiter() {
    List<String> listed = new ArrayList<>();
    container
        .listBlobsByHierarchy("ns/orders/")
        .forEach(item -> listed.add(item.getName() + (item.isPrefix() ? " (folder)" : "")));

    assertThat(listed).containsExactlyInAnyOrder("ns/orders/$default/ (folder)", "ns/orders/a");
  }

  @Test
  void foldsNamesAcrossPages() {
    List<String> listed = new ArrayList<>();
    container
        .listBlobsByHierarchy(
            "/",
            new ListBlobsOptions().setPrefix("ns/orders/$default/").setMaxResultsPerPage(1),
            null)
        .forEach(item -> listed.add(item.getName()));

    assertThat(listed)
        .containsExactly("ns/orders/$default/checkpoint/", "ns/orders/$default/ownership/");
  }

  @Test
  void listsNothingUnderAnUnknownPrefixAndRefusesAMissingContainer() {
    assertThat(container.listBlobs(new ListBlobsOptions().setPrefix("nothing/"), null)).isEmpty();
    assertRefused(
        () ->
            BlobClients.container(blobs.connectionString(), "missing")
                .listBlobs()
                .forEach(item -> {}),
        404,
        BlobErrorCode.CONTAINER_NOT_FOUND);
  }
}
