// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 requests from one connection, one after the other.
 *
 * <p>Accepts what clients send: keep-alive, bodies with a length or in chunks, {@code Expect:
 * 100-continue}, and the offer to upgrade to HTTP/2, which a server may ignore. Everything has a
 * limit, and what is malformed raises {@link MalformedRequestException} with the status to answer.
 */
final class HttpRequestReader {

  static final int MAX_HEAD_BYTES = 64 * 1024;
  static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9A-Fa-f]{1,8}");
  private static final byte[] NO_BODY = new byte[0];
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final InputStream in;
  private final OutputStream out;
  private int headBytesLeft;

  HttpRequestReader(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** The next request, or null when the client has closed the connection between two requests. */
  @Nullable HttpRequest next() throws IOException {
    headBytesLeft = MAX_HEAD_BYTES;
    String requestLine = readLine();
    if (requestLine != null && requestLine.isEmpty()) {
      // An empty line after the body of the previous request is to be overlooked.
      requestLine = readLine();
    }
    if (requestLine == null) {
      return null;
    }
    String[] parts = requestLine.split(" ", -1);
    if (parts.length != 3 || !TOKEN.matcher(parts[0]).matches() || !parts[1].startsWith("/")) {
      throw new MalformedRequestException(400, "The request line is malformed.");
    }
    boolean http11 = parts[2].equals("HTTP/1.1");
    if (!http11 && !parts[2].equals("HTTP/1.0")) {
      throw new MalformedRequestException(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    }
    HttpHeaders headers = readHeaders();
    if (http11 && !headers.contains("Host")) {
      throw new MalformedRequestException(400, "The Host header is missing.");
    }
    byte[] body = readBody(headers);
    boolean keepAlive =
        http11
            ? !headers.hasToken("Connection", "close")
            : headers.hasToken("Connection", "keep-alive");
    int question = parts[1].indexOf('?');
    String path = question < 0 ? parts[1] : parts[1].substring(0, question);
    String query = question < 0 ? "" : parts[1].substring(question + 1);
    return new HttpRequest(parts[0], path, query, headers, body, keepAlive);
  }

  private HttpHeaders readHeaders() throws IOException {
    HttpHeaders headers = new HttpHeaders();
    for (String line = requireLine(); !line.isEmpty(); line = requireLine()) {
      int colon = line.indexOf(':');
      if (colon < 1 || !TOKEN.matcher(line.substring(0, colon)).matches()) {
        throw new MalformedRequestException(400, "A header field is malformed.");
      }
      headers.add(line.substring(0, colon), line.substring(colon + 1).trim());
    }
    return headers;
  }

  private byte[] readBody(HttpHeaders headers) throws IOException {
    String encoding = headers.get("Transfer-Encoding");
    String length = headers.get("Content-Length");
    if (encoding != null && length != null) {
      throw new MalformedRequestException(400, "A body has a length or an encoding, not both.");
    }
    if (encoding != null && !encoding.equalsIgnoreCase("chunked")) {
      throw new MalformedRequestException(501, "The only transfer encoding known is chunked.");
    }
    if (encoding != null) {
      invite(headers);
      return readChunks();
    }
    if (length == null) {
      return NO_BODY;
    }
    if (!DECIMAL.matcher(length).matches()) {
      throw new MalformedRequestException(400, "The Content-Length is not a number.");
    }
    long bytes = Long.parseLong(length);
    if (bytes > MAX_BODY_BYTES) {
      throw bodyTooLarge();
    }
    if (bytes == 0) {
      return NO_BODY;
    }
    invite(headers);
    return readExactly((int) bytes);
  }

  private void invite(HttpHeaders headers) throws IOException {
    if (headers.hasToken("Expect", "100-continue")) {
      out.write(CONTINUE);
      out.flush();
    }
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = readChunkSize(); size > 0; size = readChunkSize()) {
      if (body.size() + (long) size > MAX_BODY_BYTES) {
        throw bodyTooLarge();
      }
      body.write(readExactly(size));
      if (!requireLine().isEmpty()) {
        throw new MalformedRequestException(400, "A chunk is longer than it says.");
      }
      // The head's limit bounds the lines between chunks, not the number of chunks.
      headBytesLeft = MAX_HEAD_BYTES;
    }
    readHeaders(); // the trailer, of which nothing is used
    return body.toByteArray();
  }

  private int readChunkSize() throws IOException {
    String line = requireLine();
    int extension = line.indexOf(';');
    String size = (extension < 0 ? line : line.substring(0, extension)).trim();
    if (!CHUNK_SIZE.matcher(size).matches()) {
      throw new MalformedRequestException(400, "A chunk size is malformed.");
    }
    long bytes = Long.parseLong(size, 16);
    if (bytes > MAX_BODY_BYTES) {
      throw bodyTooLarge();
    }
    return (int) bytes;
  }

  private static MalformedRequestException bodyTooLarge() {
    return new MalformedRequestException(
        413, "The body is larger than " + MAX_BODY_BYTES + " bytes.");
  }

  private byte[] readExactly(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("The connection ended within a body.");
    }
    return bytes;
  }

  private String requireLine() throws IOException {
    String line = readLine();
    if (line == null) {
      throw new EOFException("The connection ended within a request.");
    }
    return line;
  }

  private @Nullable String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        return line.isEmpty() ? null : failAtEnd();
      }
      if (--headBytesLeft < 0) {
        throw new MalformedRequestException(
            431, "The head is larger than " + MAX_HEAD_BYTES + " bytes.");
      }
      line.append((char) read);
    }
    int last = line.length() - 1;
    if (last >= 0 && line.charAt(last) == '\r') {
      line.setLength(last);
    }
    if (line.indexOf("\r") >= 0 || line.indexOf("\0") >= 0) {
      throw new MalformedRequestException(400, "A line of the head has a control character.");
    }
    return line.toString();
  }

  private static String failAtEnd() throws EOFException {
    throw new EOFException("The connection ended within a line.");
  }
}
