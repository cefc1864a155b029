// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Performs authenticated requests on the containers. */
final class BlobOperations {

  private static final SortedMap<String, String> NO_METADATA =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  private final Containers containers;
  private final WriteLog log;
  private final BlobJournal journal;
  private final Clock clock;
  private final ETags etags = new ETags();

  BlobOperations(Containers containers, WriteLog log, Clock clock, BlobJournal journal) {
    this.journal = journal;
    this.containers = containers;
    this.log = log;
    this.clock = clock;
  }

  /**
   * The reply to a request that is in order.
   *
   * @param endpoint of the account, which lists repeat
   * @throws StorageError if the request is refused
   */
  HttpResponse perform(
      BlobOperation operation, HttpRequest request, BlobAddress address, String endpoint) {
    return switch (operation) {
      case LIST_CONTAINERS -> listContainers(address, endpoint);
      case CREATE_CONTAINER ->
          BlobReplies.created(createContainer(address.container(), Metadata.of(request.headers())));
      case GET_CONTAINER -> BlobReplies.properties(containers.get(address.container()));
      case DELETE_CONTAINER -> deleteContainer(address);
      case LIST_BLOBS -> listBlobs(address, endpoint);
      case PUT_BLOB -> putBlob(request, address);
      case SET_METADATA -> setMetadata(request, address);
      case GET_PROPERTIES, GET_BLOB -> getBlob(request, address);
      case DELETE_BLOB -> deleteBlob(request, address);
      case UNSUPPORTED ->
          throw StorageError.notImplemented(
              request.method() + " " + address.target() + " " + address.describedQuery());
    };
  }

  Container createContainer(String name, SortedMap<String, String> metadata) {
    Container container = new Container(name, etags.next(), now(), metadata, log, journal);
    containers.create(container);
    journal.created(name, container.etag(), container.lastModified(), container.metadata());
    return container;
  }

  /** Takes in what an earlier process has kept. */
  void restore(BlobJournal.Contents contents) {
    contents
        .containers()
        .forEach(
            (name, kept) -> {
              Container container =
                  new Container(
                      name, kept.etag(), kept.lastModified(), kept.metadata(), log, journal);
              container.restore(kept.blobs());
              containers.create(container);
            });
  }

  void deleteContainer(String name) {
    containers.delete(name);
    journal.deleted(name);
  }

  private HttpResponse deleteContainer(BlobAddress address) {
    deleteContainer(address.container());
    return new HttpResponse(202);
  }

  private HttpResponse listContainers(BlobAddress address, String endpoint) {
    String prefix = address.parameter("prefix");
    String marker = address.parameter("marker");
    int maxResults = BlobListing.maxResults(address);
    List<Container> found =
        containers.withPrefix(prefix).stream()
            .filter(container -> container.name().compareTo(marker) >= 0)
            .toList();
    boolean more = found.size() > maxResults;
    return BlobReplies.list(
        StorageXml.containers(
            endpoint,
            prefix,
            marker,
            maxResults,
            address.parameter("include").equals("metadata"),
            more ? found.subList(0, maxResults) : found,
            more ? found.get(maxResults).name() : null));
  }

  private HttpResponse listBlobs(BlobAddress address, String endpoint) {
    BlobListing listing = BlobListing.of(address);
    BlobPage page = containers.get(address.container()).list(listing);
    return BlobReplies.list(StorageXml.blobs(endpoint, address.container(), listing, page));
  }

  private HttpResponse putBlob(HttpRequest request, BlobAddress address) {
    HttpHeaders headers = request.headers();
    String type = headers.getOrEmpty("x-ms-blob-type");
    if (!type.equals("BlockBlob")) {
      throw StorageError.invalidHeader("x-ms-blob-type", type);
    }
    SortedMap<String, String> metadata = Metadata.of(headers);
    Conditions conditions = Conditions.of(headers);
    return write(
        address,
        new BlobChange(
            BlobOperation.PUT_BLOB,
            client(request),
            201,
            metadata,
            current -> {
              if (current != null && conditions.onlyIfAbsent()) {
                throw StorageError.blobAlreadyExists();
              }
              conditions.checkWrite(current);
              return StoredBlob.put(
                  address.blob(),
                  request.body(),
                  contentType(headers),
                  metadata,
                  etags.next(),
                  now());
            }));
  }

  private static String contentType(HttpHeaders headers) {
    String given = headers.get("x-ms-blob-content-type");
    if (given == null) {
      given = headers.get("Content-Type");
    }
    return given == null ? "application/octet-stream" : given;
  }

  private HttpResponse setMetadata(HttpRequest request, BlobAddress address) {
    SortedMap<String, String> metadata = Metadata.of(request.headers());
    Conditions conditions = Conditions.of(request.headers());
    return write(
        address,
        new BlobChange(
            BlobOperation.SET_METADATA,
            client(request),
            200,
            metadata,
            current -> {
              conditions.checkWrite(current);
              return require(current).withMetadata(metadata, etags.next(), now());
            }));
  }

  private HttpResponse deleteBlob(HttpRequest request, BlobAddress address) {
    Conditions conditions = Conditions.of(request.headers());
    return write(
        address,
        new BlobChange(
            BlobOperation.DELETE_BLOB,
            client(request),
            202,
            NO_METADATA,
            current -> {
              conditions.checkWrite(current);
              require(current);
              return null;
            }));
  }

  private static String client(HttpRequest request) {
    return request.headers().getOrEmpty("User-Agent");
  }

  private HttpResponse write(BlobAddress address, BlobChange change) {
    StoredBlob after = containers.get(address.container()).change(address.blob(), change);
    return after == null
        ? new HttpResponse(change.status())
        : BlobReplies.written(change.status(), after.properties());
  }

  private HttpResponse getBlob(HttpRequest request, BlobAddress address) {
    StoredBlob current = containers.get(address.container()).find(address.blob());
    Conditions.of(request.headers()).checkRead(current);
    StoredBlob blob = require(current);
    int length = blob.content().length;
    boolean head = request.method().equals("HEAD");
    return BlobReplies.blob(
        blob, head ? ByteRange.whole(length) : ByteRange.of(request.headers(), length));
  }

  private static StoredBlob require(@Nullable StoredBlob blob) {
    if (blob == null) {
      throw StorageError.blobNotFound();
    }
    return blob;
  }

  /** The service knows no time between two seconds. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
