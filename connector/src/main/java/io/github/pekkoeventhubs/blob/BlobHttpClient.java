// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import io.github.pekkoeventhubs.failure.Causes;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.net.URISyntaxException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.annotation.InternalApi;
import reactor.core.publisher.Mono;

/**
 * The HTTP client of the blob store, over the JDK's client and on threads of this library: one for
 * the whole process, however many streams and actor systems there are. Requests and answers are
 * held in memory, which is right for blobs that are nothing but metadata.
 *
 * <p>The SDK's client over the JDK hands every answer to the pool that azure-core shares. That pool
 * stops at the first sign of the end of the process, so that a drain never hears what became of its
 * checkpoints (seen with azure-core 1.57).
 */
@InternalApi
public final class BlobHttpClient implements HttpClient {

  /** For callers without a time-out of their own; the same as the default of the SDK's clients. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** The JDK's client sets these itself, and refuses to be given them. */
  private static final Set<String> SET_BY_THE_JDK =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private static final BlobHttpClient INSTANCE = new BlobHttpClient();

  // The service speaks HTTP/1.1; asking for more costs an upgrade attempt with each connection.
  private final java.net.http.HttpClient client =
      java.net.http.HttpClient.newBuilder()
          .version(java.net.http.HttpClient.Version.HTTP_1_1)
          .executor(OwnThreads.pool())
          .build();

  private BlobHttpClient() {}

  /** The client of this process. */
  public static HttpClient instance() {
    return INSTANCE;
  }

  /**
   * Sends the request when it is subscribed to; a cancelled subscription gives the request up. The
   * answer arrives on a thread of this library.
   */
  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return body(request)
        .flatMap(
            body ->
                Mono.create(
                    sink -> {
                      CompletableFuture<java.net.http.HttpResponse<byte[]>> answer =
                          client.sendAsync(translated(request, body), BodyHandlers.ofByteArray());
                      sink.onCancel(() -> answer.cancel(true));
                      answer.whenComplete(
                          (response, failure) -> {
                            if (failure == null) {
                              sink.success(new BufferedHttpResponse(request, response));
                            } else {
                              sink.error(Causes.withoutFutures(failure));
                            }
                          });
                    }));
  }

  private static Mono<BodyPublisher> body(HttpRequest request) {
    BinaryData body = request.getBodyAsBinaryData();
    if (body == null) {
      return Mono.just(BodyPublishers.noBody());
    }
    return BinaryData.fromFlux(body.toFluxByteBuffer())
        .map(
            collected -> {
              byte[] bytes = collected.toBytes();
              return bytes.length == 0
                  ? BodyPublishers.noBody()
                  : BodyPublishers.ofByteArray(bytes);
            });
  }

  private static java.net.http.HttpRequest translated(HttpRequest request, BodyPublisher body) {
    try {
      var builder =
          java.net.http.HttpRequest.newBuilder(request.getUrl().toURI())
              .timeout(LONGEST_WAIT)
              .method(request.getHttpMethod().name(), body);
      request
          .getHeaders()
          .forEach(
              header -> {
                if (!SET_BY_THE_JDK.contains(header.getName().toLowerCase(Locale.ROOT))) {
                  header.getValuesList().forEach(value -> builder.header(header.getName(), value));
                }
              });
      return builder.build();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the URL of a request to the blob store is malformed", e);
    }
  }
}
