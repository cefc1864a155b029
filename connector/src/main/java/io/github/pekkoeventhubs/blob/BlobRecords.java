// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.core.util.DateTimeRfc1123;
import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import io.github.pekkoeventhubs.accesstoken.AccessTokenStep;
import io.github.pekkoeventhubs.blob.BlobAnswer.Failed;
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
import java.util.function.Supplier;
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
  private final AccessTokenStep token;
  private final boolean traced;
  private final QuietTime quiet = new QuietTime(System::nanoTime);

  /** A client takes as long to make as a sixth of a request. There are few names. */
  private final Map<String, BlobAsyncClient> clients = new ConcurrentHashMap<>();

  /**
   * With a client whose own retries do not matter, since the timeout covers them.
   *
   * @param requestTimeout after which a request has failed; for a list, each of its pages
   * @param token the step before each request, which has a time-out of its own
   * @param traced whether the SDK may trace requests; each is a trace of its own
   */
  public BlobRecords(
      BlobContainerAsyncClient container,
      Duration requestTimeout,
      AccessTokenStep token,
      boolean traced) {
    this.container = container;
    this.requestTimeout = requestTimeout;
    this.token = token;
    this.traced = traced;
  }

  /** The same records, with requests that the SDK may trace. */
  public BlobRecords traced() {
    return new BlobRecords(container, requestTimeout, token, true);
  }

  /** The record of that name. */
  public CompletionStage<Optional<BlobRecord>> read(String name) {
    return sent(
        BlobRequest.READ,
        () ->
            blob(name)
                .getPropertiesWithResponse(null)
                .transform(this::inTime)
                .map(response -> Optional.of(read(name, response))),
        Optional.empty());
  }

  /** The records whose names begin with the prefix, except blobs without any metadata. */
  public CompletionStage<List<BlobRecord>> list(String prefix) {
    return sent(
        BlobRequest.ASK_CONTAINER,
        () ->
            new BlobListRequest(container, prefix)
                .pages()
                .timeout(requestTimeout, OwnThreads.reactorTimer())
                .flatMapIterable(BlobRecords::listed)
                .collectList()
                .transform(BlobRecords::offTheTimer),
        null);
  }

  /** Creates a record that is not there yet. */
  public CompletionStage<Optional<BlobRecord>> create(String name, Map<String, String> metadata) {
    BlockBlobSimpleUploadOptions options =
        new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(new byte[0]))
            .setMetadata(metadata)
            .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*"));
    return conditional(
        BlobRequest.CREATE,
        () ->
            blob(name)
                .getBlockBlobAsyncClient()
                .uploadWithResponse(options)
                .map(response -> created(name, metadata, response)));
  }

  /** Replaces all metadata of a record that is still in the version named. */
  public CompletionStage<Optional<BlobRecord>> replace(
      String name, Map<String, String> metadata, String etag) {
    return conditional(
        BlobRequest.REPLACE,
        () ->
            blob(name)
                .setMetadataWithResponse(metadata, new BlobRequestConditions().setIfMatch(etag))
                .map(response -> replaced(name, metadata, response)));
  }

  /** The time by the service's clock, in whole seconds. */
  public CompletionStage<Instant> serverTime() {
    return sent(
        BlobRequest.ASK_CONTAINER,
        () ->
            container
                .getPropertiesWithResponse(null)
                .transform(this::inTime)
                .map(
                    response ->
                        serverTime(response.getHeaders())
                            .orElseGet(() -> instant(response.getValue().getLastModified()))),
        null);
  }

  /**
   * Sends a request, when there is a token for it and the service has not asked for quiet.
   *
   * @param none the result if the blob is absent, or the write is refused
   */
  private <T> CompletionStage<T> sent(
      BlobRequest asked, Supplier<Mono<T>> request, @Nullable T none) {
    return Mono.defer(this::quiet)
        .then(token.ready())
        .then(Mono.defer(request).transform(this::untraced))
        .onErrorResume(failure -> notAnswered(asked, failure, none))
        .toFuture();
  }

  private <T> Mono<T> untraced(Mono<T> request) {
    return traced ? request : UntracedRequests.untraced(request);
  }

  private Mono<Void> quiet() {
    return quiet
        .left()
        .map(
            left ->
                Mono.<Void>error(
                    new BlobRequestException(
                        new Failed(BlobProblem.THROTTLED, Optional.of(left)),
                        "not sent, since the service has asked for "
                            + left.toMillis()
                            + " ms without requests",
                        null)))
        .orElseGet(Mono::empty);
  }

  private <T> Mono<T> notAnswered(BlobRequest asked, Throwable failure, @Nullable T none) {
    return BlobFailures.meaning(asked, failure)
        .choose(
            new BlobAnswer.Kinds<Mono<T>>() {
              @Override
              public Mono<T> absent() {
                return Mono.justOrEmpty(none);
              }

              @Override
              public Mono<T> refused() {
                return Mono.justOrEmpty(none);
              }

              @Override
              public Mono<T> failed(Failed answer) {
                return reported(answer, failure);
              }
            });
  }

  private <T> Mono<T> reported(Failed failed, Throwable failure) {
    if (failure instanceof TimeoutException) {
      token.requestTimedOut();
    }
    BlobRequestException described = BlobFailures.describe(failed, failure, requestTimeout);
    if (described != failure) {
      described.retryAfter().ifPresent(quiet::ask);
    }
    return Mono.error(described);
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

  private CompletionStage<Optional<BlobRecord>> conditional(
      BlobRequest asked, Supplier<Mono<BlobRecord>> write) {
    return sent(
        asked, () -> Mono.defer(write).transform(this::inTime).map(Optional::of), Optional.empty());
  }

  private static BlobRecord read(String name, Response<BlobProperties> response) {
    BlobProperties properties = response.getValue();
    return record(
        name,
        properties.getMetadata(),
        given(properties.getETag()),
        instant(properties.getLastModified()),
        response.getHeaders());
  }

  private static List<BlobRecord> listed(BlobListPage page) {
    return page.items().stream()
        .filter(item -> !item.metadata().isEmpty())
        .map(
            item ->
                record(
                    item.name(),
                    item.metadata(),
                    given(item.etag()),
                    given(item.lastModified()),
                    page.headers()))
        .toList();
  }

  private static BlobRecord created(
      String name, Map<String, String> metadata, Response<BlockBlobItem> response) {
    BlockBlobItem blob = response.getValue();
    return record(
        name,
        metadata,
        given(blob.getETag()),
        instant(blob.getLastModified()),
        response.getHeaders());
  }

  private static BlobRecord replaced(
      String name, Map<String, String> metadata, Response<Void> response) {
    return record(
        name,
        metadata,
        given(response.getHeaders().getValue(HttpHeaderName.ETAG)),
        new DateTimeRfc1123(given(response.getHeaders().getValue(HttpHeaderName.LAST_MODIFIED)))
            .getDateTime()
            .toInstant(),
        response.getHeaders());
  }

  private static BlobRecord record(
      String name,
      Map<String, String> metadata,
      String etag,
      Instant lastModified,
      HttpHeaders headers) {
    Map<String, String> entries = new TreeMap<>();
    metadata.forEach((key, value) -> entries.put(key.toLowerCase(Locale.ROOT), value));
    // Without the service's clock a record must not seem older than it is.
    Instant readAt = serverTime(headers).orElse(lastModified);
    return new BlobRecord(name, entries, etag.replace("\"", ""), lastModified, readAt);
  }

  private static Optional<Instant> serverTime(HttpHeaders headers) {
    return Optional.ofNullable(headers.getValue(HttpHeaderName.DATE))
        .map(date -> new DateTimeRfc1123(date).getDateTime().toInstant());
  }

  private static Instant instant(@Nullable OffsetDateTime time) {
    return given(time).toInstant();
  }

  /** Something in front of the service may have answered in its place, and with success. */
  private static <T> T given(@Nullable T value) {
    if (value == null) {
      throw new BlobRequestException(
          BlobProblem.NOT_THE_SERVICE, "a success without an ETag or a time", null);
    }
    return value;
  }
}
