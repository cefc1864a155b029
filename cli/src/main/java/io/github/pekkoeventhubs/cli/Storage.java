// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.PartitionStore;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The container with the checkpoints. */
final class Storage {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private static final String ADDRESS = "https://NAME.blob.core.windows.net";

  private final BlobContainerAsyncClient client;
  private final String container;

  private Storage(BlobContainerAsyncClient client, String container) {
    this.client = client;
    this.container = container;
  }

  /**
   * Connects to nothing yet.
   *
   * @param account a connection string; with a credential, the address of the account
   */
  static Storage open(String account, @Nullable TokenCredential credential, String container) {
    try {
      BlobContainerClientBuilder builder =
          new BlobContainerClientBuilder()
              .httpClient(BlobPartitionStore.httpClient())
              .retryOptions(
                  new RequestRetryOptions(
                      RetryPolicyType.FIXED, 1, (Integer) null, null, null, null));
      if (credential == null) {
        builder.connectionString(account);
      } else {
        builder.endpoint(https(account)).credential(credential);
      }
      return new Storage(builder.containerName(container).buildAsyncClient(), container);
    } catch (IllegalArgumentException | IllegalStateException | NullPointerException e) {
      // The SDK's exception may quote the secret.
      throw credential == null
          ? malformed(
              "storage-connection-string",
              container,
              "copy the one from the storage account's page, as"
                  + " DefaultEndpointsProtocol=https;AccountName=..;AccountKey=..;EndpointSuffix=..")
          : malformed("storage-url", container, "give it as " + ADDRESS);
    }
  }

  private static UsageException malformed(String setting, String container, String remedy) {
    return new UsageException(
        setting
            + " is malformed (its value is not shown since it may hold a secret), or the"
            + " container's name '"
            + container
            + "' is: "
            + remedy);
  }

  private static String https(String address) {
    if (!address.startsWith("https://")) {
      throw new UsageException(
          "storage-url must be an address as "
              + ADDRESS
              + ", since access tokens are sent over HTTPS only");
    }
    return address;
  }

  String container() {
    return container;
  }

  /** The name of the account; its host where the address does not tell the name. */
  String account() {
    String name = client.getAccountName();
    return name == null || name.isBlank()
        ? String.valueOf(URI.create(client.getBlobContainerUrl()).getHost())
        : name;
  }

  boolean exists() {
    return Objects.requireNonNull(answer("looking for the container", client.exists()));
  }

  /** Whether it was created; somebody else may have been quicker. */
  boolean create() {
    return Objects.requireNonNull(
        answer("creating the container", client.createIfNotExists().defaultIfEmpty(false)));
  }

  PartitionStore partitionStore() {
    return BlobPartitionStore.create(client, TIMEOUT);
  }

  /** The names of the consumer groups that have something stored, in lower case, sorted. */
  List<String> consumerGroups(String namespace, String eventHub) {
    String folder = (namespace + "/" + eventHub + "/").toLowerCase(Locale.ROOT);
    return Objects.requireNonNull(
        answer(
            "listing the consumer groups",
            client
                .listBlobsByHierarchy(folder)
                .filter(item -> Boolean.TRUE.equals(item.isPrefix()))
                .map(BlobItem::getName)
                .map(name -> name.substring(folder.length(), name.length() - 1))
                .sort()
                .collectList()));
  }

  private <T> @Nullable T answer(String what, Mono<T> question) {
    try {
      return question.timeout(TIMEOUT).block();
    } catch (RuntimeException e) {
      throw new IllegalStateException(what + " '" + container + "' failed: " + reason(e), e);
    }
  }

  private static String reason(RuntimeException failure) {
    if (failure instanceof BlobStorageException refused) {
      return "HTTP " + refused.getStatusCode() + " " + refused.getErrorCode();
    }
    return failure instanceof ClientAuthenticationException
        ? String.valueOf(failure.getMessage())
        : "the storage service could not be reached, or gave no usable answer within "
            + TIMEOUT.toSeconds()
            + " s";
  }
}
