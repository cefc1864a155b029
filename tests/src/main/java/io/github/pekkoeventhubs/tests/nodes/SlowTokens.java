// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.tests.CanarySecrets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import reactor.core.publisher.Mono;

/**
 * A credential each of whose tokens takes a while, longer than a request of the store may take, and
 * lives for less than a minute, so that it is fetched again and again.
 *
 * @param delay how long a token takes
 * @param fetched called for each token that was waited for to its end; on any thread
 */
record SlowTokens(Duration delay, Runnable fetched) implements TokenCredential {

  private static final Duration LIFE = Duration.ofSeconds(40);
  private static final String ENDPOINT = "BlobEndpoint=http://";

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext context) {
    return Mono.delay(delay)
        .map(
            waited -> {
              fetched.run();
              return new AccessToken(
                  CanarySecrets.ACCESS_TOKEN, OffsetDateTime.now(ZoneOffset.UTC).plus(LIFE));
            });
  }

  /** Lets a client use these tokens, in the place of the account's key. */
  BlobServiceClientBuilder credentialOf(BlobServiceClientBuilder client, String connectionString) {
    int from = connectionString.indexOf(ENDPOINT) + ENDPOINT.length();
    String endpoint = connectionString.substring(from, connectionString.indexOf(';', from));
    return client
        .endpoint("https://" + endpoint)
        .credential(this)
        .httpClient(new WithoutTls(BlobPartitionStore.httpClient()));
  }

  /** The SDK sends tokens over HTTPS only; this goes on to the service without it. */
  private record WithoutTls(HttpClient client) implements HttpClient {

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
      String url = request.getUrl().toString();
      return client.send(request.setUrl(url.replaceFirst("^https:", "http:")));
    }
  }
}
