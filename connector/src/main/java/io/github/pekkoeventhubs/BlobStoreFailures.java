// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.blob.BlobRequestException;
import java.net.URI;

/** Says in the connector's terms which request to a container has failed, why, and what to do. */
final class BlobStoreFailures {

  private final String container;
  private final String address;

  /**
   * @param container the container and its account, in words
   * @param account the address of the storage service
   */
  BlobStoreFailures(String container, URI account) {
    this.container = container;
    this.address = address(account);
  }

  /** The failure of a request to a blob; of one to the container itself where the name is empty. */
  Throwable describe(String blob, Throwable failure) {
    Throwable cause = StageFailure.causeOf(failure);
    if (!(cause instanceof BlobRequestException e)) {
      return cause;
    }
    return new PartitionStoreException(
        container
            + (blob.isEmpty() ? "" : ", blob '" + blob + "'")
            + ": "
            + remedy(e.kind())
            + " ("
            + e.detail()
            + ")",
        e,
        e.kind() == BlobRequestException.Kind.UNAVAILABLE);
  }

  private static String address(URI url) {
    int port = url.getPort() >= 0 ? url.getPort() : "http".equals(url.getScheme()) ? 80 : 443;
    return url.getHost() + ":" + port;
  }

  private String remedy(BlobRequestException.Kind kind) {
    return switch (kind) {
      case NO_CONTAINER -> "the container does not exist; create it or correct the name";
      case NOT_AUTHORIZED ->
          "access was refused; check the account key, the shared access signature, or that the"
              + " credential has the role 'Storage Blob Data Contributor'";
      case LEASED -> "somebody holds a lease there; break it, checkpoints need none";
      case UNAVAILABLE ->
          "the storage service at " + address + " could not be reached or did not answer in time";
      case NOT_ACCEPTED ->
          "the request was not accepted; for an unknown x-ms-version set an older service-version";
    };
  }
}
