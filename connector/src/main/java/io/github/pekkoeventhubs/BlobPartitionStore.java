// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.accesstoken.AccessTokenStep;
import io.github.pekkoeventhubs.accesstoken.SharedAccessToken;
import io.github.pekkoeventhubs.blob.BlobHttpClient;
import io.github.pekkoeventhubs.blob.BlobRecord;
import io.github.pekkoeventhubs.blob.BlobRecords;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.Nullable;

/**
 * Keeps ownership and checkpoints in the metadata of empty blobs, in the layout that the official
 * checkpoint stores of all languages share, so that positions can be taken over from an {@code
 * EventProcessorClient} and back, and read by tools such as KEDA's scaler:
 *
 * <ul>
 *   <li>{@code {namespace}/{event hub}/{consumer group}/ownership/{partition}} with {@code
 *       ownerid};
 *   <li>{@code {namespace}/{event hub}/{consumer group}/checkpoint/{partition}} with {@code
 *       sequencenumber} and {@code offset}, both always.
 * </ul>
 *
 * <p>All names are written in lower case, as most of the official stores do it. The raw Java store
 * writes them as they are given to it: a checkpoint that exists only there is read from there, and
 * written to the lower-case name from then on.
 *
 * <p>Every write is one request, conditional on the blob's ETag. The container must exist.
 *
 * <p>Thread-safe and never blocking; results arrive on the HTTP client's threads. Failures are
 * {@link PartitionStoreException}s that name the account, the container and the blob, and say what
 * to do; {@link PartitionStoreException#isTransient()} tells throttling, timeouts, lost connections
 * and errors of the service from those that stay. A credential that the identity provider refuses
 * is an {@link EventHubsAuthorizationException}. If an answer says how long to wait ({@code
 * Retry-After}), no request of this store is sent for so long, at most 20 s, whatever partition it
 * is for: they fail at once, as throttled.
 */
public final class BlobPartitionStore implements PartitionStore {

  /** The section that {@link #fromConfig(ClassicActorSystemProvider)} reads. */
  public static final String CONFIG_PATH = BlobStoreSettings.CONFIG_PATH;

  static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofMillis(1500);

  private final BlobRecords records;
  private final String account;
  private final String container;
  private final BlobStoreAnswers answers;

  /** For a client that needs the token step given. */
  BlobPartitionStore(
      BlobContainerAsyncClient client, Duration requestTimeout, AccessTokenStep token) {
    this.records = new BlobRecords(client, requestTimeout, token, false);
    this.account = client.getAccountName();
    this.container = client.getBlobContainerName();
    this.answers = new BlobStoreAnswers(description(), URI.create(client.getAccountUrl()));
  }

  private BlobPartitionStore(BlobPartitionStore store, BlobRecords records) {
    this.records = records;
    this.account = store.account;
    this.container = store.container;
    this.answers = store.answers;
  }

  /**
   * Uses a client of yours, with a request timeout of 1.5 s: see {@link
   * #create(BlobContainerAsyncClient, Duration)}.
   *
   * @param client for an existing container
   */
  public static BlobPartitionStore create(BlobContainerAsyncClient client) {
    return create(client, DEFAULT_REQUEST_TIMEOUT);
  }

  /**
   * Uses a client of yours. The timeout covers the client's own retries, so turn those off: the
   * connector retries with deadlines that fit a hand-over.
   *
   * <p>A client with a token credential fetches its tokens within its requests. So that a slow
   * credential is not cut off by the timeout, a request whose answer nobody needs is sent ahead of
   * the first one, on a thread of this library, and has 30 s. With {@link
   * #fromConfig(ClassicActorSystemProvider, TokenCredential)} each token is fetched once for all,
   * has a time-out of its own, and is replaced in the background.
   *
   * <p>Build the client with {@link #httpClient()}. The SDK's own client over the JDK (package
   * {@code com.azure.core.http.jdk.httpclient}) hands each answer to a pool of azure-core that a
   * shutdown hook ends, so that the checkpoints of a drain on SIGTERM may never be confirmed and
   * their events are processed again; a client with that HTTP client is warned about.
   *
   * @param client for an existing container
   * @param requestTimeout after which a request counts as failed, at least 50 ms; for a list, each
   *     of its pages
   * @throws InvalidSettingsException if the timeout is shorter
   */
  public static BlobPartitionStore create(
      BlobContainerAsyncClient client, Duration requestTimeout) {
    SettingsSection.atLeast("requestTimeout", requestTimeout, BlobStoreSettings.SHORTEST_MILLIS);
    GivenBlobClient given = new GivenBlobClient(client);
    given.warnOfEarlyEnd();
    return new BlobPartitionStore(client, requestTimeout, given.tokens(requestTimeout));
  }

  /**
   * The HTTP client that {@link #fromConfig(ClassicActorSystemProvider)} uses, for a blob client of
   * yours. It is one for the whole process, runs on daemon threads of this library which nobody
   * else shuts down, keeps requests and answers in memory as a whole, and gives an answer up after
   * 60 seconds where its caller does not do so before. It cannot be closed and need not be.
   */
  public static HttpClient httpClient() {
    return BlobHttpClient.instance();
  }

  /**
   * Builds the client from {@code pekko.eventhubs.partition-store.blob}, on {@link #httpClient()}
   * and without retries of its own.
   *
   * @throws InvalidSettingsException if the section names neither or both of {@code
   *     connection-string} and {@code account-url}, or if {@code account-url} has no shared access
   *     signature: then use {@link #fromConfig(ClassicActorSystemProvider, TokenCredential)}
   */
  public static BlobPartitionStore fromConfig(ClassicActorSystemProvider system) {
    return fromSettings(BlobStoreSettings.read(system), null);
  }

  /**
   * Builds the client from {@code pekko.eventhubs.partition-store.blob} for a credential, for
   * example a managed identity with the role "Storage Blob Data Contributor" on the container.
   *
   * @throws InvalidSettingsException if the section has no {@code account-url}
   */
  public static BlobPartitionStore fromConfig(
      ClassicActorSystemProvider system, TokenCredential credential) {
    return fromSettings(BlobStoreSettings.read(system), credential);
  }

  /**
   * Builds the client from a section of your own that is shaped like {@code
   * pekko.eventhubs.partition-store.blob}, for a second store.
   *
   * @throws InvalidSettingsException as {@link #fromConfig(ClassicActorSystemProvider)} does
   */
  public static BlobPartitionStore fromConfig(Config section) {
    return fromSettings(BlobStoreSettings.read(section), null);
  }

  /**
   * Builds the client from a section of your own for a credential.
   *
   * @throws InvalidSettingsException if the section has no {@code account-url}
   */
  public static BlobPartitionStore fromConfig(Config section, TokenCredential credential) {
    return fromSettings(BlobStoreSettings.read(section), credential);
  }

  private static BlobPartitionStore fromSettings(
      BlobStoreSettings settings, @Nullable TokenCredential credential) {
    SharedAccessToken token = credential == null ? null : settings.token(credential);
    BlobPartitionStore store =
        new BlobPartitionStore(
            settings.container(token),
            settings.requestTimeout(),
            token == null ? AccessTokenStep.NONE : token);
    return settings.traceRequests() ? store.withTracedRequests() : store;
  }

  /**
   * The same store, with requests that the SDK traces, as the setting {@code trace-requests} asks
   * for it. Otherwise it traces none of them, whoever has built the client: with azure-core's
   * plug-in for tracing each would be a trace of its own, and an idle stream sends several for each
   * partition in a minute.
   */
  public BlobPartitionStore withTracedRequests() {
    return new BlobPartitionStore(this, records.traced());
  }

  /**
   * This store for an {@code EventProcessorClient}, in the place of the SDK's {@code
   * BlobCheckpointStore}: the same blobs, with all names in lower case, the offset written in every
   * case, and the age of a claim by the service's clock. Failures other than a lost race are
   * reported and not taken for one.
   *
   * <p>It cannot fence: the SDK does not say which owner a checkpoint comes from, so that an
   * earlier owner can overwrite the checkpoint of a later one.
   */
  public CheckpointStore asProcessorStore() {
    return new ProcessorCheckpointStore(this, Clock.systemUTC());
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    String folder = BlobLayout.of(namespace, eventHub, consumerGroup).ownerships();
    return answers.of(
        folder,
        records
            .list(folder)
            .thenApply(
                found ->
                    byPartition(found, folder).entrySet().stream()
                        .map(
                            entry ->
                                BlobEntries.ownership(
                                    new EventHubPartition(
                                        namespace, eventHub, consumerGroup, entry.getKey()),
                                    entry.getValue()))
                        .toList()));
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    CompletionStage<Map<String, StoredCheckpoint>> current =
        listCheckpoints(BlobLayout.of(namespace, eventHub, consumerGroup), BlobEntries::checkpoint);
    return BlobLayout.verbatim(namespace, eventHub, consumerGroup)
        .map(
            layout ->
                current.thenCombine(
                    listCheckpoints(layout, BlobEntries::notCopied),
                    (written, verbatim) -> {
                      Map<String, StoredCheckpoint> all = new TreeMap<>(verbatim);
                      all.putAll(written);
                      return all;
                    }))
        .orElse(current);
  }

  private CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      BlobLayout layout, Function<BlobRecord, StoredCheckpoint> toCheckpoint) {
    String folder = layout.checkpoints();
    return answers.of(
        folder,
        records
            .list(folder)
            .thenApply(
                found -> {
                  Map<String, StoredCheckpoint> checkpoints = new TreeMap<>();
                  byPartition(found, folder)
                      .forEach((id, record) -> checkpoints.put(id, toCheckpoint.apply(record)));
                  return checkpoints;
                }));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    String blob = ownershipBlob(partition);
    return answers
        .of(blob, records.read(blob))
        .thenApply(found -> BlobEntries.ownership(partition, found));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    String blob = ownershipBlob(partition);
    return answers
        .of(blob, records.create(blob, BlobEntries.ownershipMetadata(ownerId, entries)))
        .thenApply(created -> BlobEntries.ownership(partition, created));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    EventHubPartition partition = expected.partition();
    String blob = ownershipBlob(partition);
    return answers
        .of(
            blob,
            records.replace(
                blob, BlobEntries.ownershipMetadata(ownerId, entries), expected.version()))
        .thenApply(replaced -> BlobEntries.ownership(partition, replaced));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    String blob = checkpointBlob(partition);
    return answers
        .of(blob, records.read(blob))
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedStage(found.map(BlobEntries::checkpoint))
                    : readVerbatimCheckpoint(partition));
  }

  private CompletionStage<Optional<StoredCheckpoint>> readVerbatimCheckpoint(
      EventHubPartition partition) {
    Optional<BlobLayout> layout = BlobLayout.verbatim(partition);
    if (layout.isEmpty()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    String blob = layout.get().checkpoint(partition.partitionId());
    return answers
        .of(blob, records.read(blob))
        .thenApply(found -> found.map(BlobEntries::notCopied));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    String blob = checkpointBlob(partition);
    return answers
        .of(blob, records.create(blob, entries))
        .thenApply(created -> created.map(BlobEntries::checkpoint));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    if (expectedVersion.equals(BlobEntries.NOT_COPIED)) {
      return createCheckpoint(partition, entries);
    }
    String blob = checkpointBlob(partition);
    return answers
        .of(blob, records.replace(blob, entries, expectedVersion))
        .thenApply(replaced -> replaced.map(BlobEntries::checkpoint));
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return answers.of("", records.serverTime());
  }

  @Override
  public Optional<StoreHealth> health() {
    return Optional.of(answers.health());
  }

  @Override
  public String description() {
    return "container '" + container + "' of storage account '" + account + "'";
  }

  @Override
  public String toString() {
    return "BlobPartitionStore(" + description() + ")";
  }

  /** The blobs of other layouts too, by the beginning of their names. */
  CompletionStage<List<BlobRecord>> records(String prefix) {
    return answers.of(prefix, records.list(prefix));
  }

  private static String ownershipBlob(EventHubPartition partition) {
    return BlobLayout.of(partition).ownership(partition.partitionId());
  }

  private static String checkpointBlob(EventHubPartition partition) {
    return BlobLayout.of(partition).checkpoint(partition.partitionId());
  }

  /** Folders that some accounts list as blobs, and blobs further down, are no partition's. */
  private static Map<String, BlobRecord> byPartition(List<BlobRecord> found, String folder) {
    Map<String, BlobRecord> records = new TreeMap<>();
    for (BlobRecord record : found) {
      BlobLayout.partitionId(record.name(), folder).ifPresent(id -> records.put(id, record));
    }
    return records;
  }
}
