// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.FluxUtil;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.models.BlobStorageException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks a container for its blobs and their metadata, by the client's own pipeline. The client's
 * {@code listBlobs} is not used, because it decodes every page on Reactor's bounded elastic
 * scheduler (azure-core 1.61), which anybody can block.
 *
 * @param container answers
 * @param prefix how the names of the blobs begin
 */
record BlobListRequest(BlobContainerAsyncClient container, String prefix) {

  private static final HttpHeaderName VERSION = HttpHeaderName.fromString("x-ms-version");
  private static final int OK = 200;

  /** All pages, each asked for when the page before has been taken. */
  Flux<BlobListPage> pages() {
    return page("").expand(page -> page.isLast() ? Mono.empty() : page(page.nextMarker()));
  }

  private Mono<BlobListPage> page(String marker) {
    return FluxUtil.withContext(
            context -> container.getHttpPipeline().send(request(marker), context))
        .flatMap(
            response ->
                response
                    .getBodyAsByteArray()
                    .defaultIfEmpty(new byte[0])
                    .map(body -> BlobListPage.of(response.getHeaders(), checked(response, body))));
  }

  private HttpRequest request(String marker) {
    String url =
        container.getBlobContainerUrl()
            + "?restype=container&comp=list&include=metadata&prefix="
            + encoded(prefix)
            + (marker.isEmpty() ? "" : "&marker=" + encoded(marker));
    return new HttpRequest(HttpMethod.GET, url)
        .setHeader(VERSION, container.getServiceVersion().getVersion())
        // Without it the SDK signs another request than it sends (azure-storage-common 12.36).
        .setHeader(HttpHeaderName.CONTENT_LENGTH, "0")
        .setHeader(HttpHeaderName.ACCEPT, "application/xml");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static byte[] checked(HttpResponse response, byte[] body) {
    if (response.getStatusCode() != OK) {
      throw new BlobStorageException(
          "Status code " + response.getStatusCode() + " for a list of blobs", response, null);
    }
    return body;
  }
}
