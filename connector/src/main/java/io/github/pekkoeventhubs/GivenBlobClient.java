// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.http.HttpPipeline;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.accesstoken.AccessTokenOfClient;
import io.github.pekkoeventhubs.accesstoken.AccessTokenStep;
import io.github.pekkoeventhubs.blob.UntracedRequests;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A blob client of the user's, and what the store has to know of it. */
record GivenBlobClient(BlobContainerAsyncClient client) {

  private static final Logger LOG =
      LoggerFactory.getLogger("io.github.pekkoeventhubs.BlobPartitionStore");

  /** The package of the SDK's client whose answers pass through a pool that a hook ends. */
  private static final String CLIENT_THAT_ENDS_EARLY = "com.azure.core.http.jdk.httpclient.";

  private static final Duration TOKEN_TIMEOUT = Duration.ofSeconds(30);

  void warnOfEarlyEnd() {
    String httpClient = client.getHttpPipeline().getHttpClient().getClass().getName();
    if (httpClient.startsWith(CLIENT_THAT_ENDS_EARLY)) {
      LOG.warn(
          "the client for container '{}' uses {}, which may not hear the store's answers any more"
              + " when the process gets a SIGTERM: events in hand would be processed twice. Build the"
              + " client with httpClient(BlobPartitionStore.httpClient())",
          client.getBlobContainerName(),
          httpClient);
    }
  }

  /** The step before a request, which such a client takes within the request. */
  AccessTokenStep tokens(Duration requestTimeout) {
    return fetchesTokens(client.getHttpPipeline())
        ? new AccessTokenOfClient(
            () -> UntracedRequests.untraced(client.getPropertiesWithResponse(null)),
            requestTimeout,
            TOKEN_TIMEOUT)
        : AccessTokenStep.NONE;
  }

  private static boolean fetchesTokens(HttpPipeline pipeline) {
    for (int i = 0; i < pipeline.getPolicyCount(); i++) {
      if (pipeline.getPolicy(i) instanceof BearerTokenAuthenticationPolicy) {
        return true;
      }
    }
    return false;
  }
}
