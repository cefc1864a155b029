// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.core.util.DateTimeRfc1123;
import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Reads and writes records in blob metadata; each write is one request with a condition. An empty
 * result of a write means that its condition was not met. Everything else that goes wrong fails the
 * stage with {@link BlobRequestException}, and a write that failed may have been applied.
 *
 * <p>Thread-safe; stages complete on the HTTP client's threads.
 */
@InternalApi
public final class BlobRecords {

  private final BlobContainerAsyncClient container;
  private final Duration requestTimeout;

  /** A client takes as long to make as a sixth of a request. There are few names. */
  private final Map<String, BlobAsyncClient> clients = new ConcurrentHashMap<>();

  /**
   * With a client whose own retries do not matter, since the timeout covers them.
   *
   * @param requestTimeout after which a request has failed; for a list, each of its pages
   */
  public BlobRecords(BlobContainerAsyncClient container, Duration requestTimeout) {
    this.container = container;
    this.requestTimeout = requestTimeout;
  }

  /** The record of that name. */
  public CompletionStage<Optional<BlobRecord>> read(String name) {
    return blob(name)
        .getPropertiesWithResponse(null)
        .transform(this::inTime)
        .map(response -> Optional.of(read(name, response)))
        .onErrorResume(BlobFailures::isAbsent, absent -> Mono.just(Optional.empty()))
        .onErrorMap(failure -> BlobFailures.describe(failure, requestTimeout))
        .toFuture();
  }

  /** The records whose names begin with the prefix, except blobs without any metadata. */
  public CompletionStage<List<BlobRecord>> list(String prefix) {
    ListBlobsOptions options =
        new ListBlobsOptions()
            .setPrefix(prefix)
            .setDetails(new BlobListDetails().setRetrieveMetadata(true));
    return container
        .listBlobs(options)
        .byPage()
        .timeout(requestTimeout, OwnThreads.reactorTimer())
        .flatMapIterable(BlobRecords::listed)
        .collectList()
        .transform(BlobRecords::offTheTimer)
        .onErrorMap(failure -> BlobFailures.describe(failure, requestTimeout))
        .toFuture();
  }

  /** Creates a record that is not there yet. */
  public CompletionStage<Optional<BlobRecord>> create(String name, Map<String, String> metadata) {
    BlockBlobSimpleUploadOptions options =
        new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(new byte[0]))
            .setMetadata(metadata)
            .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*"));
    return conditional(
        blob(name)
            .getBlockBlobAsyncClient()
            .uploadWithResponse(options)
            .map(response -> created(name, metadata, response)));
  }

  /** Replaces all metadata of a record that is still in the version named. */
  public CompletionStage<Optional<BlobRecord>> replace(
      String name, Map<String, String> metadata, String etag) {
    return conditional(
        blob(name)
            .setMetadataWithResponse(metadata, new BlobRequestConditions().setIfMatch(etag))
            .map(response -> replaced(name, metadata, response)));
  }

  /** The time by the service's clock, in whole seconds. */
  public CompletionStage<Instant> serverTime() {
    return container
        .getPropertiesWithResponse(null)
        .transform(this::inTime)
        .map(
            response ->
                serverTime(response)
                    .orElseGet(() -> instant(response.getValue().getLastModified())))
        .onErrorMap(failure -> BlobFailures.describe(failure, requestTimeout))
        .toFuture();
  }

  /** Fails a request that is not answered in time. */
  private <T> Mono<T> inTime(Mono<T> request) {
    return request
        .timeout(requestTimeout, OwnThreads.reactorTimer())
        .transform(BlobRecords::offTheTimer);
  }

  private static <T> Mono<T> offTheTimer(Mono<T> request) {
    return request.onErrorResume(
        TimeoutException.class, late -> Mono.<T>error(late).subscribeOn(OwnThreads.reactorPool()));
  }

  private BlobAsyncClient blob(String name) {
    return clients.computeIfAbsent(name, container::getBlobAsyncClient);
  }

  private CompletionStage<Optional<BlobRecord>> conditional(Mono<BlobRecord> write) {
    return write
        .transform(this::inTime)
        .map(Optional::of)
        .onErrorResume(BlobFailures::isRefused, refused -> Mono.just(Optional.empty()))
        .onErrorMap(failure -> BlobFailures.describe(failure, requestTimeout))
        .toFuture();
  }

  private static BlobRecord read(String name, Response<BlobProperties> response) {
    BlobProperties properties = response.getValue();
    return record(
        name,
        properties.getMetadata(),
        properties.getETag(),
        instant(properties.getLastModified()),
        response);
  }

  private static List<BlobRecord> listed(PagedResponse<BlobItem> page) {
    return page.getValue().stream()
        .filter(item -> item.getMetadata() != null && !item.getMetadata().isEmpty())
        .map(
            item ->
                record(
                    item.getName(),
                    item.getMetadata(),
                    item.getProperties().getETag(),
                    instant(item.getProperties().getLastModified()),
                    page))
        .toList();
  }

  private static BlobRecord created(
      String name, Map<String, String> metadata, Response<BlockBlobItem> response) {
    BlockBlobItem blob = response.getValue();
    return record(name, metadata, blob.getETag(), instant(blob.getLastModified()), response);
  }

  private static BlobRecord replaced(
      String name, Map<String, String> metadata, Response<Void> response) {
    return record(
        name,
        metadata,
        response.getHeaders().getValue(HttpHeaderName.ETAG),
        new DateTimeRfc1123(response.getHeaders().getValue(HttpHeaderName.LAST_MODIFIED))
            .getDateTime()
            .toInstant(),
        response);
  }

  private static BlobRecord record(
      String name,
      Map<String, @Nullable String> metadata,
      String etag,
      Instant lastModified,
      Response<?> response) {
    Map<String, String> entries = new TreeMap<>();
    // A value that is the empty text comes back from a list as null.
    metadata.forEach(
        (key, value) -> entries.put(key.toLowerCase(Locale.ROOT), value == null ? "" : value));
    // Without the service's clock a record must not seem older than it is.
    Instant readAt = serverTime(response).orElse(lastModified);
    return new BlobRecord(name, entries, etag.replace("\"", ""), lastModified, readAt);
  }

  private static Optional<Instant> serverTime(Response<?> response) {
    return Optional.ofNullable(response.getHeaders().getValue(HttpHeaderName.DATE))
        .map(date -> new DateTimeRfc1123(date).getDateTime().toInstant());
  }

  private static Instant instant(OffsetDateTime time) {
    return time.toInstant();
  }
}
