// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A reply in the making: status, header fields, body, and how slowly to send it. */
final class HttpResponse {

  private final int status;
  private final HttpHeaders headers = new HttpHeaders();
  private byte[] body = new byte[0];
  private Duration sendOver = Duration.ZERO;
  private boolean ofStranger;

  HttpResponse(int status) {
    this.status = status;
  }

  /** No reply at all: the connection is reset. */
  static HttpResponse reset() {
    return new HttpResponse(0);
  }

  boolean isReset() {
    return status == 0;
  }

  /** Makes it an answer of something in front of the service: without the service's headers. */
  HttpResponse ofStranger() {
    ofStranger = true;
    return this;
  }

  boolean isOfStranger() {
    return ofStranger;
  }

  int status() {
    return status;
  }

  HttpHeaders headers() {
    return headers;
  }

  HttpResponse header(String name, String value) {
    headers.add(name, value);
    return this;
  }

  HttpResponse body(String contentType, byte[] content) {
    headers.add("Content-Type", contentType);
    body = content;
    return this;
  }

  /** A body whose type is among the headers already. */
  HttpResponse body(byte[] content) {
    body = content;
    return this;
  }

  HttpResponse body(String contentType, String content) {
    return body(contentType, content.getBytes(StandardCharsets.UTF_8));
  }

  byte[] body() {
    return body;
  }

  /** Spreads the bytes of the reply over this time. */
  HttpResponse sendOver(Duration duration) {
    sendOver = duration;
    return this;
  }

  Duration sendOver() {
    return sendOver;
  }

  /**
   * The head as it goes over the wire. A reply to HEAD announces the length of the body it does not
   * carry; 304 has neither.
   */
  byte[] head(boolean keepAlive) {
    StringBuilder head = new StringBuilder(512);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason()).append("\r\n");
    for (HttpHeaders.Field field : headers.fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    if (status != 304) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    if (!keepAlive) {
      head.append("Connection: close\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private String reason() {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 206 -> "Partial Content";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 416 -> "Range Not Satisfiable";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      default -> "Status";
    };
  }
}
