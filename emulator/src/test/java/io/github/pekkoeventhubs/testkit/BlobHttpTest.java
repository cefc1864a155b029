// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP as clients and others put it on the wire, byte by byte. */
class BlobHttpTest {

  private static final String BLOB = "/devstoreaccount1/checkpoints/blob";
  private static final String LIST = "/devstoreaccount1/checkpoints?restype=container&comp=list";
  private static final String END = "\r\n\r\n";

  private BlobEmulator blobs;

  @BeforeEach
  void start() {
    blobs = BlobEmulator.builder().container("checkpoints").verifySharedKey(false).start();
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Test
  void servesManyRequestsOnOneConnection() throws Exception {
    try (Connection connection = new Connection()) {
      for (int i = 0; i < 3; i++) {
        connection.send("GET " + LIST + " HTTP/1.1\r\nHost: x" + END);
        assertThat(connection.reply())
            .startsWith("HTTP/1.1 200 OK")
            .contains("</EnumerationResults>");
      }
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(
          put("Content-Length: 1") + "1" + "GET " + BLOB + " HTTP/1.1\r\nHost: x" + END);

      assertThat(connection.reply()).startsWith("HTTP/1.1 201");
      assertThat(connection.reply()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n1");
    }
  }

  @Test
  void overlooksTheOfferToUpgradeToHttp2() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(
          "GET "
              + LIST
              + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
              + "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk"
              + END);
      assertThat(connection.reply()).startsWith("HTTP/1.1 200");
      connection.send("GET " + LIST + " HTTP/1.1\r\nHost: x" + END);
      assertThat(connection.reply()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void readsABodyInChunks() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(
          put("Transfer-Encoding: chunked")
              + "4\r\nabcd\r\n3;extension=1\r\nefg\r\n0\r\nTrailer: 1\r\n\r\n");
      assertThat(connection.reply()).startsWith("HTTP/1.1 201");
      connection.send("GET " + BLOB + " HTTP/1.1\r\nHost: x" + END);
      assertThat(connection.reply()).endsWith("abcdefg");
    }
  }

  @Test
  void invitesABodyThatWaitsForIt() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(put("Expect: 100-continue\r\nContent-Length: 3"));
      assertThat(connection.head()).isEqualTo("HTTP/1.1 100 Continue" + END);
      connection.send("abc");
      assertThat(connection.reply()).startsWith("HTTP/1.1 201");
    }
  }

  @Test
  void announcesTheLengthButSendsNoBodyToHead() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(put("Content-Length: 3\r\nx-ms-meta-ownerid: me") + "abc");
      connection.reply();
      connection.send("HEAD " + BLOB + " HTTP/1.1\r\nHost: x" + END);
      assertThat(connection.head())
          .startsWith("HTTP/1.1 200")
          .contains("Content-Length: 3\r\n")
          .contains("\r\nx-ms-meta-ownerid: me\r\n");
      connection.send("HEAD " + BLOB + "s HTTP/1.1\r\nHost: x" + END);
      assertThat(connection.head())
          .startsWith("HTTP/1.1 404")
          .contains("x-ms-error-code: BlobNotFound");
    }
  }

  @Test
  void closesTheConnectionWhenTheClientWantsItClosed() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send("GET " + LIST + " HTTP/1.1\r\nHost: x\r\nConnection: close" + END);
      assertThat(connection.reply()).contains("Connection: close");
      assertThat(connection.ended()).isTrue();
    }
    try (Connection connection = new Connection()) {
      connection.send("GET " + LIST + " HTTP/1.0" + END);
      assertThat(connection.reply()).startsWith("HTTP/1.1 200");
      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void echoesVersionAndRequestIdAndGivesItsOwn() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(
          "GET "
              + LIST
              + " HTTP/1.1\r\nHost: x\r\nx-ms-version: 2026-10-06\r\nx-ms-client-request-id: mine"
              + END);
      assertThat(connection.reply())
          .contains("x-ms-version: 2026-10-06\r\n")
          .contains("x-ms-client-request-id: mine\r\n")
          .containsPattern("x-ms-request-id: [0-9a-f-]{36}\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | nonsense\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1 more\\r\\nHost: x\\r\\n\\r\\n",
        "400 | G(T / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "400 | GET http://elsewhere/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: x\\r\\nno colon\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost : x\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: x\\r\\n folded\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a\\rb\\r\\n\\r\\n",
        "400 | GET /%zz/c/b HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "400 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: -1\\r\\n\\r\\n",
        "400 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nab",
        "400 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "400 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nxyz\\r\\n",
        "400 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nab\\r\\n",
        "413 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999999999\\r\\n\\r\\n",
        "413 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nFFFFFFFF\\r\\n",
        "501 | PUT / HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n",
        "501 | PATCH /devstoreaccount1/checkpoints/blob HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "505 | GET / HTTP/2.0\\r\\n\\r\\n",
      })
  void answersBadRequestsAndKeepsServingOthers(int status, String request) throws Exception {
    try (Connection connection = new Connection()) {
      connection.send(request.replace("\\r", "\r").replace("\\n", "\n"));
      assertThat(connection.reply()).startsWith("HTTP/1.1 " + status + " ");
    }
    assertServes();
  }

  @Test
  void limitsTheSizeOfARequestsHead() throws Exception {
    try (Connection connection = new Connection()) {
      connection.send("GET / HTTP/1.1\r\nHost: " + "x".repeat(70_000) + END);
      assertThat(connection.reply()).startsWith("HTTP/1.1 431 ");
    }
    assertServes();
  }

  @Test
  void survivesClientsThatLeaveAnywhereInARequest() throws Exception {
    String request = put("Content-Length: 10") + "0123456789";
    for (int length = 0; length < request.length(); length += 7) {
      try (Connection connection = new Connection()) {
        connection.send(request.substring(0, length));
      }
    }
    assertServes();
    assertThat(blobs.blobs("checkpoints")).isEmpty();
  }

  @Test
  void survivesRandomBytes() throws Exception {
    Random random = new Random(20260301);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      try (Connection connection = new Connection()) {
        connection.send(new String(bytes, ISO_8859_1));
      } catch (SocketException refused) {
        assertThat(refused).hasMessageMatching("(?i).*(reset|pipe|closed).*");
      }
    }
    assertServes();
  }

  @Test
  void listensOnTheLoopbackInterfaceOnly() throws Exception {
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : network.inetAddresses().toList()) {
        if (!address.isLoopbackAddress()) {
          assertThat(accepts(address)).as("listens on %s", address).isFalse();
        }
      }
    }
    assertThat(accepts(InetAddress.getLoopbackAddress())).isTrue();
  }

  private boolean accepts(InetAddress address) {
    try (Socket socket = new Socket(address, blobs.port())) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  private void assertServes() throws IOException {
    try (Connection connection = new Connection()) {
      connection.send("GET " + LIST + " HTTP/1.1\r\nHost: x" + END);
      assertThat(connection.reply()).startsWith("HTTP/1.1 200");
    }
  }

  private static String put(String headers) {
    return "PUT " + BLOB + " HTTP/1.1\r\nHost: x\r\nx-ms-blob-type: BlockBlob\r\n" + headers + END;
  }

  /** A client that writes and reads bytes. */
  private final class Connection implements AutoCloseable {

    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), blobs.port());
    private final InputStream in = new BufferedInputStream(socket.getInputStream());

    Connection() throws IOException {
      socket.setSoTimeout(10_000);
    }

    void send(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    String head() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith(END)) {
        int next = in.read();
        assertThat(next).as("ended after: %s", head).isNotNegative();
        head.write(next);
      }
      return head.toString(ISO_8859_1);
    }

    String reply() throws IOException {
      String head = head();
      for (String line : head.toLowerCase(Locale.ROOT).split("\r\n")) {
        if (line.startsWith("content-length: ")) {
          int length = Integer.parseInt(line.substring("content-length: ".length()));
          return head + new String(in.readNBytes(length), ISO_8859_1);
        }
      }
      return head;
    }

    boolean ended() throws IOException {
      return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
