// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.Instant;

/** The replies of the service, without the header fields that all of them have. */
final class BlobReplies {

  private static final String XML = "application/xml";

  private BlobReplies() {}

  static HttpResponse error(StorageError error) {
    return new HttpResponse(error.status())
        .header("x-ms-error-code", error.code())
        .body(XML, StorageXml.error(error));
  }

  /** An answer of something that stands in front of the service. */
  static HttpResponse ofStranger(int status) {
    return new HttpResponse(status).ofStranger().header("Server", "Microsoft-HTTPAPI/2.0");
  }

  /** The same with a page for people. */
  static HttpResponse page(int status) {
    return ofStranger(status)
        .body(
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><head><title>"
                + status
                + "</title></head><body><h1>This is not the page you look for</h1></body></html>");
  }

  static HttpResponse list(String xml) {
    return new HttpResponse(200).body(XML, xml);
  }

  /** A write was applied. */
  static HttpResponse written(int status, BlobSnapshot blob) {
    return stamped(status, blob.etag(), blob.lastModified())
        .header("x-ms-request-server-encrypted", "true");
  }

  static HttpResponse created(Container container) {
    return stamped(201, container.etag(), container.lastModified());
  }

  static HttpResponse properties(Container container) {
    HttpResponse reply = stamped(200, container.etag(), container.lastModified());
    Metadata.addTo(reply, container.metadata());
    return reply
        .header("x-ms-lease-status", "unlocked")
        .header("x-ms-lease-state", "available")
        .header("x-ms-has-immutability-policy", "false")
        .header("x-ms-has-legal-hold", "false");
  }

  /** A blob's properties, with its content or the part asked for; a reply to HEAD leaves it out. */
  static HttpResponse blob(StoredBlob blob, ByteRange range) {
    BlobSnapshot properties = blob.properties();
    HttpResponse reply =
        stamped(range.partial() ? 206 : 200, properties.etag(), properties.lastModified());
    Metadata.addTo(reply, properties.metadata());
    if (range.partial()) {
      reply.header("Content-Range", range.contentRange());
    }
    return reply
        .header("x-ms-blob-type", "BlockBlob")
        .header("x-ms-creation-time", HttpDate.format(properties.createdAt()))
        .header("x-ms-lease-status", "unlocked")
        .header("x-ms-lease-state", "available")
        .header("x-ms-server-encrypted", "true")
        .header("Accept-Ranges", "bytes")
        .body(properties.contentType(), range.of(blob.content()));
  }

  private static HttpResponse stamped(int status, String etag, Instant lastModified) {
    return new HttpResponse(status)
        .header("ETag", "\"" + etag + "\"")
        .header("Last-Modified", HttpDate.format(lastModified));
  }
}
