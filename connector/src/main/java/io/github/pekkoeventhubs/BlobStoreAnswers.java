// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.blob.BlobProblem;
import io.github.pekkoeventhubs.blob.BlobRequestException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on the answers of a container: says in the connector's terms which request has failed, why,
 * and what to do, and keeps the health of the store. Any thread.
 */
final class BlobStoreAnswers {

  private static final Logger LOG =
      LoggerFactory.getLogger("io.github.pekkoeventhubs.BlobPartitionStore");

  private final String container;
  private final String address;
  private final StoreHealthCourse health;

  /**
   * @param container the container and its account, in words
   * @param account the address of the storage service
   */
  BlobStoreAnswers(String container, URI account) {
    this.container = container;
    this.address = address(account);
    this.health = new StoreHealthCourse(container, System::nanoTime);
  }

  /** The health of the store as a whole. */
  StoreHealth health() {
    return health.health();
  }

  /** The answer to a request for a blob; for the container itself where the name is empty. */
  <T> CompletionStage<T> of(String blob, CompletionStage<T> request) {
    CompletableFuture<T> result = new CompletableFuture<>();
    request.whenComplete(
        (answer, failure) -> {
          if (failure == null) {
            health.answered().ifPresent(LOG::info);
            result.complete(answer);
          } else {
            result.completeExceptionally(failed(blob, StageFailure.causeOf(failure)));
          }
        });
    return result;
  }

  private Throwable failed(String blob, Throwable cause) {
    if (!(cause instanceof BlobRequestException request)) {
      return cause;
    }
    EventHubsException failure = describe(blob, request);
    StoreHealth towards = healthBy(request.problem());
    if (towards == StoreHealth.ANSWERING) {
      health.answered().ifPresent(LOG::info);
    } else {
      health.failed(towards, reason(request)).ifPresent(LOG::warn);
    }
    return failure;
  }

  private EventHubsException describe(String blob, BlobRequestException request) {
    String message =
        container + (blob.isEmpty() ? "" : ", blob '" + blob + "'") + ": " + reason(request);
    return request.problem() == BlobProblem.TOKEN_REFUSED
        ? new EventHubsAuthorizationException(message, request)
        : new PartitionStoreException(
            message, request, request.problem().mayPass(), request.retryAfter());
  }

  private String reason(BlobRequestException request) {
    return remedy(request.problem()) + " (" + request.detail() + ")";
  }

  private static StoreHealth healthBy(BlobProblem problem) {
    return switch (problem) {
      case THROTTLED -> StoreHealth.THROTTLING;
      case FAILING, SILENT, NO_TOKEN, UNKNOWN -> StoreHealth.SILENT;
      case TOKEN_REFUSED,
          NO_CONTAINER,
          CONTAINER_DISABLED,
          INVALID_NAME,
          NOT_AUTHORIZED,
          KEYS_NOT_PERMITTED,
          WRONG_NETWORK,
          ACCOUNT_DISABLED,
          UNKNOWN_VERSION,
          NOT_THE_SERVICE ->
          StoreHealth.REFUSING;
      // The store answers, and one blob of it is in the way.
      case LEASED, IMMUTABLE, NAME_TAKEN, WRONG_BLOB_TYPE, ARCHIVED, NOT_ACCEPTED ->
          StoreHealth.ANSWERING;
    };
  }

  private static String address(URI url) {
    int port = url.getPort() >= 0 ? url.getPort() : "http".equals(url.getScheme()) ? 80 : 443;
    return url.getHost() + ":" + port;
  }

  private String remedy(BlobProblem problem) {
    return switch (problem) {
      case THROTTLED -> "the storage service at " + address + " is too busy to answer";
      case FAILING -> "the storage service at " + address + " has failed";
      case SILENT ->
          "the storage service at " + address + " could not be reached or did not answer in time";
      case NO_TOKEN -> "there is no access token for the storage service now";
      case UNKNOWN -> "the request has failed for an unknown reason";
      case TOKEN_REFUSED ->
          "the identity provider has refused the credential for the storage service; correct its"
              + " tenant, client id, secret or certificate";
      case NO_CONTAINER -> "the container does not exist; create it or correct the name";
      case CONTAINER_DISABLED ->
          "an administrator has disabled the container; have it enabled, or use another one";
      case INVALID_NAME ->
          "the name is not allowed; a container's has 3 to 63 lower-case letters, digits and single"
              + " hyphens";
      case NOT_AUTHORIZED ->
          "access was refused; check the account key, the shared access signature, or that the"
              + " credential has the role 'Storage Blob Data Contributor', and the account's"
              + " firewall";
      case KEYS_NOT_PERMITTED ->
          "the account permits no account keys; use account-url with a token credential";
      case WRONG_NETWORK ->
          "the account, or the shared access signature, does not allow requests from this network;"
              + " correct its firewall or its range of addresses";
      case ACCOUNT_DISABLED -> "the storage account is disabled; check the subscription";
      case LEASED -> "somebody holds a lease there; break it, checkpoints need none";
      case IMMUTABLE ->
          "an immutability policy or a legal hold keeps it from being changed; use a container"
              + " without one";
      case NAME_TAKEN ->
          "a directory has the name of the blob; delete it, or use another container";
      case WRONG_BLOB_TYPE -> "the blob is no block blob; delete it, or use another container";
      case ARCHIVED ->
          "the blob is in the archive; delete it or bring it back, and keep lifecycle rules off the"
              + " container";
      case UNKNOWN_VERSION ->
          "the service does not know a header; for an unknown x-ms-version set an older"
              + " service-version";
      case NOT_THE_SERVICE ->
          "something else than the storage service has answered at "
              + address
              + ", such as a proxy or a gateway; check the address and the way to it";
      case NOT_ACCEPTED -> "the request was not accepted";
    };
  }
}
