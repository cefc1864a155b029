// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpHeaders;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.sun.net.httpserver.HttpServer;
import io.github.pekkoeventhubs.blob.BlobListPage.Item;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of blobs as the service writes them. */
class BlobListTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String BLOB =
      """
      <Blob>
        <Name>ns/orders/billing/ownership/%s</Name>
        <Deleted>false</Deleted>
        <Properties>
          <Last-Modified>Sun, 29 Nov 2026 14:21:29 GMT</Last-Modified>
          <Etag>0x8DE</Etag>
          <Content-MD5 />
        </Properties>
        <Metadata><ownerid>me</ownerid><empty /></Metadata>
        <OrMetadata><Rule><Nested>text</Nested></Rule></OrMetadata>
      </Blob>
      """;

  private static String list(String blobs, String nextMarker) {
    // The service's answers begin with a byte order mark.
    return "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"x\">"
        + "<Prefix>ns/</Prefix><Blobs>"
        + blobs
        + "</Blobs><NextMarker>"
        + nextMarker
        + "</NextMarker></EnumerationResults>";
  }

  private static BlobListPage read(String body) {
    return BlobListPage.of(new HttpHeaders(), body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aBlobHasItsNameItsMetadataItsVersionAndItsTime() {
    assertThat(read(list(BLOB.formatted("0"), "")).items())
        .containsExactly(
            new Item(
                "ns/orders/billing/ownership/0",
                Map.of("ownerid", "me", "empty", ""),
                "0x8DE",
                Instant.parse("2026-11-29T14:21:29Z")));
  }

  @Test
  void anEncodedNameIsDecodedAndAnotherIsNot() {
    String encoded = "<Blob><Name Encoded=\"true\">a%EF%BF%BE+b</Name><Properties/></Blob>";
    String plain = "<Blob><Name>a%2B+b</Name><Properties/></Blob>";

    assertThat(read(list(encoded + plain, "")).items())
        .containsExactly(
            new Item("a\uFFFE+b", Map.of(), null, null), new Item("a%2B+b", Map.of(), null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no XML",
        "<html><body>Welcome</body></html>",
        "<EnumerationResults><Blobs>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><EnumerationResults><Prefix>&b;</Prefix></EnumerationResults>",
        "<EnumerationResults><Blobs><Blob><Properties><Last-Modified>yesterday</Last-Modified>"
            + "</Properties></Blob></Blobs></EnumerationResults>"
      })
  void aSuccessThatIsNoListIsNamed(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            BlobRequestException.class,
            e -> assertThat(e.problem()).isEqualTo(BlobProblem.NOT_THE_SERVICE));
  }

  @Test
  void aListGoesOnAtItsMarkerUntilThereIsNone() throws IOException {
    Queue<String> bodies =
        new ArrayDeque<>(
            List.of(list(BLOB.formatted("0"), "a/b 1+&amp;"), list(BLOB.formatted("1"), "")));
    Queue<String> queries = new ConcurrentLinkedQueue<>();
    HttpServer server = serving(200, bodies, queries);
    try {
      List<BlobListPage> pages =
          new BlobListRequest(container(server), "ns/orders x/")
              .pages()
              .collectList()
              .block(PATIENCE);

      assertThat(Objects.requireNonNull(pages)).hasSize(2).last().matches(BlobListPage::isLast);
      assertThat(queries)
          .containsExactly(
              "restype=container&comp=list&include=metadata&prefix=ns%2Forders%20x%2F",
              "restype=container&comp=list&include=metadata&prefix=ns%2Forders%20x%2F"
                  + "&marker=a%2Fb%201%2B%26");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAnswerThatIsNoSuccessIsAFailureWithItsStatus() throws IOException {
    HttpServer server =
        serving(503, new ArrayDeque<>(List.of("<p>busy</p>")), new ConcurrentLinkedQueue<>());
    try {
      assertThatThrownBy(
              () -> new BlobListRequest(container(server), "ns/").pages().blockLast(PATIENCE))
          .isInstanceOfSatisfying(
              BlobStorageException.class, e -> assertThat(e.getStatusCode()).isEqualTo(503));
    } finally {
      server.stop(0);
    }
  }

  private static HttpServer serving(int status, Queue<String> bodies, Queue<String> queries)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          queries.add(exchange.getRequestURI().getRawQuery());
          byte[] body = Objects.requireNonNull(bodies.poll()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static BlobContainerAsyncClient container(HttpServer server) {
    return new BlobServiceClientBuilder()
        .endpoint("http://127.0.0.1:" + server.getAddress().getPort() + "/account")
        .retryOptions(new RequestRetryOptions(null, 1, (Integer) null, null, null, null))
        .httpClient(BlobHttpClient.instance())
        .buildAsyncClient()
        .getBlobContainerAsyncClient("positions");
  }
}
