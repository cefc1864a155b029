// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobContainerItem;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobContainersOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.github.pekkoeventhubs.emulator.blob.StorageAccount;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Blob service about a hundred questions through the official client and writes down the
 * answers, without what differs from run to run: two services that behave alike give equal answers.
 */
final class BlobProbe {

  private static final Map<String, String> ME = Map.of("ownerid", "me");
  private static final Map<String, String> OTHER = Map.of("ownerid", "other");
  private static final String ABSENT_ETAG = "\"0x8D0000000000000\"";
  private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("2020-01-01T00:00:00Z");
  private static final OffsetDateTime LATER = OffsetDateTime.parse("2099-01-01T00:00:00Z");
  private static final List<HttpHeaderName> HEADERS =
      List.of(
          HttpHeaderName.ETAG,
          HttpHeaderName.LAST_MODIFIED,
          HttpHeaderName.DATE,
          HttpHeaderName.CONTENT_RANGE,
          HttpHeaderName.fromString("x-ms-request-id"),
          HttpHeaderName.fromString("x-ms-blob-type"),
          HttpHeaderName.fromString("x-ms-creation-time"),
          HttpHeaderName.fromString("x-ms-lease-state"),
          HttpHeaderName.fromString("x-ms-lease-status"));

  private final String connectionString;
  private final BlobServiceClient service;
  private final BlobContainerClient container;
  private final Map<String, String> answers = new LinkedHashMap<>();

  private BlobProbe(String connectionString) {
    this.connectionString = connectionString;
    this.service = BlobClients.builder(connectionString).buildClient();
    this.container = service.getBlobContainerClient("probe-checkpoints");
  }

  /** The answers by question, in the order of asking. */
  static Map<String, String> of(String connectionString) {
    BlobProbe probe = new BlobProbe(connectionString);
    probe.askAboutMissingContainer();
    probe.askAboutContainers();
    probe.askAboutMissingBlob();
    probe.askAboutConditionalPut();
    probe.askAboutConditionalSetMetadata();
    probe.askAboutConditionalDelete();
    probe.askAboutConditionalReads();
    probe.askAboutMetadata();
    probe.askAboutNames();
    probe.askAboutContent();
    probe.askAboutLists();
    probe.askAboutETags();
    probe.askAboutKeys();
    return probe.answers;
  }

  private void askAboutMissingContainer() {
    BlobClient blob = container.getBlobClient("blob");
    ask("missing container: exists", () -> container.existsWithResponse(null, null));
    ask(
        "missing container: properties",
        () -> container.getPropertiesWithResponse(null, null, null));
    ask("missing container: delete", () -> container.deleteWithResponse(null, null, null));
    ask("missing container: put", () -> BlobClients.put(blob, ME));
    ask("missing container: create", () -> BlobClients.create(blob, ME));
    ask("missing container: put if match", () -> BlobClients.put(blob, ME, ifMatch(ABSENT_ETAG)));
    ask("missing container: set metadata", () -> set(blob, ME, null));
    ask("missing container: blob exists", () -> blob.existsWithResponse(null, null));
    ask(
        "missing container: blob properties",
        () -> blob.getPropertiesWithResponse(null, null, null));
    ask("missing container: download", () -> download(blob, null, null));
    ask("missing container: delete blob", () -> delete(blob, null));
    note("missing container: list", () -> names(container.listBlobs()));
  }

  private void askAboutContainers() {
    ask("container: create", () -> container.createWithResponse(ME, null, null, null));
    ask("container: create again", () -> container.createWithResponse(null, null, null, null));
    ask("container: exists", () -> container.existsWithResponse(null, null));
    ask("container: properties", () -> container.getPropertiesWithResponse(null, null, null));
    note("container: metadata", () -> sorted(container.getProperties().getMetadata()));
    for (String name :
        List.of("UPPER", "ab", "a".repeat(64), "two--hyphens", "-hyphen", "dot.dot")) {
      ask(
          "container: create " + name,
          () -> service.getBlobContainerClient(name).createWithResponse(null, null, null, null));
    }
    BlobContainerClient second = service.getBlobContainerClient("probe-second");
    ask("container: create second", () -> second.createWithResponse(null, null, null, null));
    note(
        "container: list by prefix",
        () ->
            service
                .listBlobContainers(new ListBlobContainersOptions().setPrefix("probe-"), null)
                .stream()
                .map(BlobContainerItem::getName)
                .toList());
    note(
        "container: list in pages",
        () ->
            pageSizes(
                service
                    .listBlobContainers(
                        new ListBlobContainersOptions().setPrefix("probe-").setMaxResultsPerPage(1),
                        null)
                    .iterableByPage()));
    ask("container: delete second", () -> second.deleteWithResponse(null, null, null));
    ask("container: deleted exists", () -> second.existsWithResponse(null, null));
  }

  private void askAboutMissingBlob() {
    BlobClient blob = container.getBlobClient("missing");
    ask("missing blob: exists", () -> blob.existsWithResponse(null, null));
    ask("missing blob: properties", () -> read(blob, null));
    ask("missing blob: properties if match", () -> read(blob, ifMatch(ABSENT_ETAG)));
    ask("missing blob: properties if none match", () -> read(blob, ifNoneMatch(ABSENT_ETAG)));
    ask("missing blob: properties if none match any", () -> read(blob, ifNoneMatch("*")));
    ask("missing blob: download", () -> download(blob, null, null));
    ask("missing blob: download if match", () -> download(blob, null, ifMatch(ABSENT_ETAG)));
    ask("missing blob: delete", () -> delete(blob, null));
    ask("missing blob: delete if match", () -> delete(blob, ifMatch(ABSENT_ETAG)));
    ask("missing blob: set metadata", () -> set(blob, ME, null));
    ask("missing blob: set metadata if match", () -> set(blob, ME, ifMatch(ABSENT_ETAG)));
    ask("missing blob: set metadata if match any", () -> set(blob, ME, ifMatch("*")));
    ask("missing blob: set metadata if none match any", () -> set(blob, ME, ifNoneMatch("*")));
    ask("missing blob: put if match", () -> BlobClients.put(blob, ME, ifMatch(ABSENT_ETAG)));
    ask("missing blob: put if match any", () -> BlobClients.put(blob, ME, ifMatch("*")));
    ask("missing blob: exists after all", () -> blob.existsWithResponse(null, null));
  }

  private void askAboutConditionalPut() {
    BlobClient blob = container.getBlobClient("ns/hub/$default/ownership/0");
    ask("put: create", () -> BlobClients.create(blob, ME));
    ask("put: create again", () -> BlobClients.create(blob, OTHER));
    ask("put: if match", () -> BlobClients.put(blob, OTHER, ifMatch(etag(blob))));
    ask("put: if match unquoted", () -> BlobClients.put(blob, ME, ifMatch(unquoted(blob))));
    ask("put: if match stale", () -> BlobClients.put(blob, OTHER, ifMatch(ABSENT_ETAG)));
    ask("put: if match any", () -> BlobClients.put(blob, ME, ifMatch("*")));
    ask("put: if none match current", () -> BlobClients.put(blob, OTHER, ifNoneMatch(etag(blob))));
    ask("put: if none match stale", () -> BlobClients.put(blob, OTHER, ifNoneMatch(ABSENT_ETAG)));
    note("put: metadata after all", () -> sorted(blob.getProperties().getMetadata()));
    ask("put: if modified since long ago", () -> BlobClients.put(blob, ME, modified(LONG_AGO)));
    ask("put: if modified since later", () -> BlobClients.put(blob, OTHER, modified(LATER)));
    ask(
        "put: if unmodified since long ago",
        () -> BlobClients.put(blob, OTHER, unmodified(LONG_AGO)));
    ask("put: if unmodified since later", () -> BlobClients.put(blob, ME, unmodified(LATER)));
    ask("put: if match two", () -> BlobClients.put(blob, OTHER, ifMatch("\"0x1\",\"0x2\"")));
    ask("put: unconditional", () -> BlobClients.put(blob, ME));
    note("put: metadata in the end", () -> sorted(blob.getProperties().getMetadata()));
  }

  private void askAboutConditionalSetMetadata() {
    BlobClient blob = container.getBlobClient("ns/hub/$default/ownership/1");
    BlobClients.put(blob, ME);
    ask("set: unconditional", () -> set(blob, OTHER, null));
    ask("set: if match", () -> set(blob, ME, ifMatch(etag(blob))));
    ask("set: if match unquoted", () -> set(blob, ME, ifMatch(unquoted(blob))));
    ask("set: if match stale", () -> set(blob, OTHER, ifMatch(ABSENT_ETAG)));
    ask("set: if match any", () -> set(blob, ME, ifMatch("*")));
    ask("set: if none match any", () -> set(blob, OTHER, ifNoneMatch("*")));
    note("set: metadata after if none match any", () -> sorted(blob.getProperties().getMetadata()));
    ask("set: if none match current", () -> set(blob, ME, ifNoneMatch(etag(blob))));
    ask("set: if none match stale", () -> set(blob, ME, ifNoneMatch(ABSENT_ETAG)));
    ask("set: if modified since long ago", () -> set(blob, ME, modified(LONG_AGO)));
    ask("set: if modified since later", () -> set(blob, OTHER, modified(LATER)));
    ask("set: if unmodified since long ago", () -> set(blob, OTHER, unmodified(LONG_AGO)));
    ask("set: if unmodified since later", () -> set(blob, ME, unmodified(LATER)));
    ask(
        "set: if match and unmodified since long ago",
        () -> set(blob, ME, ifMatch(etag(blob)).setIfUnmodifiedSince(LONG_AGO)));
    ask(
        "set: if none match stale and modified since later",
        () -> set(blob, ME, ifNoneMatch(ABSENT_ETAG).setIfModifiedSince(LATER)));
    ask(
        "set: if match and if none match",
        () -> set(blob, OTHER, ifMatch(etag(blob)).setIfNoneMatch("*")));
    note("set: metadata in the end", () -> sorted(blob.getProperties().getMetadata()));
  }

  private void askAboutConditionalDelete() {
    BlobClient blob = container.getBlobClient("deleted");
    BlobClients.put(blob, ME);
    ask("delete: if match stale", () -> delete(blob, ifMatch(ABSENT_ETAG)));
    ask("delete: if none match current", () -> delete(blob, ifNoneMatch(etag(blob))));
    ask("delete: if unmodified since long ago", () -> delete(blob, unmodified(LONG_AGO)));
    ask("delete: if match", () -> delete(blob, ifMatch(etag(blob))));
    ask("delete: exists", () -> blob.existsWithResponse(null, null));
    ask("delete: create again", () -> BlobClients.create(blob, OTHER));
    ask("delete: unconditional", () -> delete(blob, null));
  }

  private void askAboutConditionalReads() {
    BlobClient blob = container.getBlobClient("read");
    BlobClients.put(blob, ME);
    ask("read: unconditional", () -> read(blob, null));
    ask("read: if match", () -> read(blob, ifMatch(etag(blob))));
    ask("read: if match stale", () -> read(blob, ifMatch(ABSENT_ETAG)));
    ask("read: if none match", () -> read(blob, ifNoneMatch(etag(blob))));
    ask("read: if none match stale", () -> read(blob, ifNoneMatch(ABSENT_ETAG)));
    ask("read: if none match any", () -> read(blob, ifNoneMatch("*")));
    ask("read: if modified since long ago", () -> read(blob, modified(LONG_AGO)));
    ask("read: if modified since later", () -> read(blob, modified(LATER)));
    ask("read: if unmodified since long ago", () -> read(blob, unmodified(LONG_AGO)));
    ask("read: if unmodified since later", () -> read(blob, unmodified(LATER)));
    ask("read: download if match stale", () -> download(blob, null, ifMatch(ABSENT_ETAG)));
    ask("read: download if none match", () -> download(blob, null, ifNoneMatch(etag(blob))));
  }

  private void askAboutMetadata() {
    BlobClient blob = container.getBlobClient("metadata");
    BlobClients.put(blob, ME);
    askMetadata(blob, "empty value", Map.of("ownerid", ""));
    askMetadata(blob, "none", Map.of());
    askMetadata(blob, "several", Map.of("offset", "100", "sequencenumber", "7", "a_b", "x"));
    askMetadata(blob, "mixed case", Map.of("OwnerId", "me", "sequenceNumber", "1"));
    askMetadata(blob, "spaces within", Map.of("ownerid", "a b  c"));
    askMetadata(blob, "markup", Map.of("ownerid", "<a href=\"x\">&amp;'</a>"));
    askMetadata(blob, "hyphen in name", Map.of("owner-id", "me"));
    askMetadata(blob, "digit first in name", Map.of("1owner", "me"));
    askMetadata(blob, "underscore first in name", Map.of("_owner", "me"));
    askMetadata(blob, "long", Map.of("ownerid", "x".repeat(4000)));
    Map<String, String> withNull = new TreeMap<>(Map.of("sequencenumber", "5"));
    withNull.put("offset", null);
    askMetadata(blob, "null value", withNull);
  }

  private void askMetadata(BlobClient blob, String kind, Map<String, String> metadata) {
    ask("metadata: " + kind, () -> set(blob, metadata, null));
    note("metadata: " + kind + ", read", () -> sorted(blob.getProperties().getMetadata()));
    note(
        "metadata: " + kind + ", listed",
        () ->
            container.listBlobs(BlobClients.withMetadata("metadata"), null).stream()
                .map(item -> sorted(item.getMetadata()))
                .toList());
  }

  private void askAboutNames() {
    for (String name :
        List.of(
            "names/$Default",
            "names/$default",
            "names/a b",
            "names/a+b",
            "names/100%",
            "names/a%20b",
            "names/\u00e9\u2713",
            "names/q?x=1&y#z",
            "names/back\\slash",
            "names/(a)'b'*,;:@=!~",
            "names//double")) {
      BlobClient blob = container.getBlobClient(name);
      ask("name " + name + ": put", () -> BlobClients.put(blob, ME));
      ask("name " + name + ": exists", () -> blob.existsWithResponse(null, null));
    }
    note(
        "names: list",
        () -> names(container.listBlobs(new ListBlobsOptions().setPrefix("names/"), null)));
  }

  private void askAboutContent() {
    BlobClient blob = container.getBlobClient("content");
    ask("content: put", () -> putContent(blob));
    note("content: read", () -> blob.downloadContent().toString());
    note("content: type", () -> blob.getProperties().getContentType());
    note("content: length", () -> blob.getProperties().getBlobSize());
    note("content: blob type", () -> blob.getProperties().getBlobType());
    ask("content: range", () -> download(blob, new BlobRange(2, 3L), null));
    note("content: range, read", () -> text(blob, new BlobRange(2, 3L)));
    note("content: open range, read", () -> text(blob, new BlobRange(8)));
    note("content: long range, read", () -> text(blob, new BlobRange(8, 100L)));
    ask("content: range beyond the end", () -> download(blob, new BlobRange(10, 1L), null));
    ask("content: set metadata keeps it", () -> set(blob, ME, null));
    note("content: read again", () -> blob.downloadContent().toString());
  }

  private void askAboutLists() {
    for (int i = 0; i < 12; i++) {
      BlobClients.put(
          container.getBlobClient("list/group" + i % 3 + "/" + i), Map.of("index", "" + i));
    }
    BlobClients.put(container.getBlobClient("list/top"), ME);
    ListBlobsOptions all = new ListBlobsOptions().setPrefix("list/");
    note("list: flat", () -> names(container.listBlobs(all, null)));
    note("list: without metadata", () -> metadata(container.listBlobs(all, null)));
    note(
        "list: with metadata",
        () -> metadata(container.listBlobs(BlobClients.withMetadata("list/"), null)));
    note(
        "list: with more details",
        () ->
            names(
                container.listBlobs(
                    BlobClients.withMetadata("list/")
                        .setDetails(
                            new BlobListDetails()
                                .setRetrieveMetadata(true)
                                .setRetrieveSnapshots(true)
                                .setRetrieveUncommittedBlobs(true)),
                    null)));
    note(
        "list: nothing",
        () -> names(container.listBlobs(new ListBlobsOptions().setPrefix("list/none"), null)));
    for (int size : List.of(1, 5, 13, 14)) {
      ListBlobsOptions paged = new ListBlobsOptions().setPrefix("list/").setMaxResultsPerPage(size);
      note(
          "list: pages of " + size,
          () -> pageSizes(container.listBlobs(paged, null).iterableByPage()));
      note("list: names in pages of " + size, () -> names(container.listBlobs(paged, null)));
    }
    note("list: folders", () -> folders(container.listBlobsByHierarchy("list/")));
    note(
        "list: folders in pages",
        () ->
            folders(
                container.listBlobsByHierarchy(
                    "/", new ListBlobsOptions().setPrefix("list/").setMaxResultsPerPage(2), null)));
    note("list: within a folder", () -> folders(container.listBlobsByHierarchy("list/group1/")));
    note(
        "list: properties",
        () ->
            container.listBlobs(BlobClients.withMetadata("list/top"), null).stream()
                .map(BlobProbe::properties)
                .toList());
  }

  private void askAboutETags() {
    BlobClient blob = container.getBlobClient("etags");
    BlobClients.put(blob, ME);
    note(
        "etags: of 20 equal writes",
        () -> {
          Set<String> etags = new HashSet<>();
          for (int i = 0; i < 20; i++) {
            set(blob, ME, null);
            etags.add(etag(blob));
          }
          return etags.size();
        });
    note("etags: quoted by properties", () -> etag(blob).startsWith("\""));
    note(
        "etags: listed as in properties",
        () ->
            container.listBlobs(new ListBlobsOptions().setPrefix("etags"), null).stream()
                .allMatch(item -> unquoted(blob).equals(item.getProperties().getETag())));
    note(
        "etags: listed time as in properties",
        () ->
            container.listBlobs(new ListBlobsOptions().setPrefix("etags"), null).stream()
                .allMatch(
                    item ->
                        blob.getProperties()
                            .getLastModified()
                            .equals(item.getProperties().getLastModified())));
    note(
        "etags: last modified in whole seconds",
        () -> blob.getProperties().getLastModified().getNano());
  }

  private void askAboutKeys() {
    String key = StorageAccount.DEVELOPMENT.key();
    BlobContainerClient wrongKey =
        BlobClients.container(
            connectionString.replace(key, "d3Jvbmcta2V5LW9mLWEtdGVzdA=="), "probe-checkpoints");
    ask("wrong key: exists", () -> wrongKey.existsWithResponse(null, null));
    ask("wrong key: put", () -> BlobClients.put(wrongKey.getBlobClient("blob"), ME));
    BlobContainerClient wrongAccount =
        BlobClients.container(
            connectionString.replace(StorageAccount.DEVELOPMENT.name(), "anotheraccount"),
            "probe-checkpoints");
    ask("wrong account: exists", () -> wrongAccount.existsWithResponse(null, null));
    ask("container: delete", () -> container.deleteWithResponse(null, null, null));
  }

  private void ask(String question, Supplier<? extends Response<?>> request) {
    note(
        question,
        () -> {
          Response<?> response = request.get();
          StringBuilder answer = new StringBuilder().append(response.getStatusCode());
          for (HttpHeaderName header : HEADERS) {
            if (response.getHeaders().getValue(header) != null) {
              answer.append(' ').append(header.getCaseInsensitiveName());
            }
          }
          return response.getValue() instanceof Boolean value ? answer + " " + value : answer;
        });
  }

  private void note(String question, Supplier<?> request) {
    String answer;
    try {
      answer = String.valueOf(request.get());
    } catch (BlobStorageException refused) {
      answer = refused.getStatusCode() + " " + refused.getErrorCode();
    } catch (RuntimeException failed) {
      answer = failed.getClass().getSimpleName();
    }
    if (answers.put(question, answer) != null) {
      throw new IllegalStateException("Asked twice: " + question);
    }
  }

  private static Response<?> set(
      BlobClient blob, Map<String, String> metadata, @Nullable BlobRequestConditions conditions) {
    return blob.setMetadataWithResponse(metadata, conditions, null, null);
  }

  private static Response<?> delete(BlobClient blob, @Nullable BlobRequestConditions conditions) {
    return blob.deleteWithResponse(null, conditions, null, null);
  }

  private static Response<BlobProperties> read(
      BlobClient blob, @Nullable BlobRequestConditions conditions) {
    return blob.getPropertiesWithResponse(conditions, null, null);
  }

  private static Response<?> download(
      BlobClient blob, @Nullable BlobRange range, @Nullable BlobRequestConditions conditions) {
    return blob.downloadStreamWithResponse(
        new ByteArrayOutputStream(), range, null, conditions, false, null, null);
  }

  private static String text(BlobClient blob, BlobRange range) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    blob.downloadStreamWithResponse(content, range, null, null, false, null, null);
    return content.toString(StandardCharsets.UTF_8);
  }

  private static Response<?> putContent(BlobClient blob) {
    return blob.getBlockBlobClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromString("abcdefghij"))
                .setHeaders(new BlobHttpHeaders().setContentType("text/plain")),
            null,
            null);
  }

  private static String etag(BlobClient blob) {
    return blob.getProperties().getETag();
  }

  private static String unquoted(BlobClient blob) {
    return etag(blob).replace("\"", "");
  }

  private static BlobRequestConditions ifMatch(String etag) {
    return new BlobRequestConditions().setIfMatch(etag);
  }

  private static BlobRequestConditions ifNoneMatch(String etag) {
    return new BlobRequestConditions().setIfNoneMatch(etag);
  }

  private static BlobRequestConditions modified(OffsetDateTime since) {
    return new BlobRequestConditions().setIfModifiedSince(since);
  }

  private static BlobRequestConditions unmodified(OffsetDateTime since) {
    return new BlobRequestConditions().setIfUnmodifiedSince(since);
  }

  private static Map<String, String> sorted(@Nullable Map<String, String> metadata) {
    return metadata == null ? Map.of() : new TreeMap<>(metadata);
  }

  private static List<String> names(Iterable<BlobItem> items) {
    List<String> names = new ArrayList<>();
    items.forEach(item -> names.add(item.getName()));
    return names;
  }

  private static List<String> folders(Iterable<BlobItem> items) {
    List<String> names = new ArrayList<>();
    items.forEach(
        item ->
            names.add(
                Boolean.TRUE.equals(item.isPrefix()) ? "+" + item.getName() : item.getName()));
    return names;
  }

  private static List<Map<String, String>> metadata(Iterable<BlobItem> items) {
    List<Map<String, String>> metadata = new ArrayList<>();
    items.forEach(item -> metadata.add(sorted(item.getMetadata())));
    return metadata;
  }

  private static <T> List<Integer> pageSizes(Iterable<? extends PagedResponse<T>> pages) {
    List<Integer> sizes = new ArrayList<>();
    pages.forEach(page -> sizes.add(page.getValue().size()));
    return sizes;
  }

  private static List<Object> properties(BlobItem item) {
    List<Object> properties = new ArrayList<>();
    properties.add(item.getProperties().getBlobType());
    properties.add(item.getProperties().getContentLength());
    properties.add(item.getProperties().getContentType());
    properties.add(item.getProperties().getLeaseState());
    properties.add(item.getProperties().getLeaseStatus());
    properties.add(item.getProperties().isServerEncrypted());
    return properties;
  }
}
