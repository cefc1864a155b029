// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The XML of list replies and of errors. ETags stand in it without quotation marks. */
final class StorageXml {

  private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

  private final StringBuilder xml = new StringBuilder(DECLARATION);

  private StorageXml() {}

  static String error(StorageError error) {
    StorageXml document = new StorageXml();
    document.open("Error").element("Code", error.code()).element("Message", error.text());
    return document.close("Error").toString();
  }

  static String blobs(String endpoint, String container, BlobListing listing, BlobPage page) {
    StorageXml document = new StorageXml();
    document
        .root(endpoint, container)
        .element("Prefix", listing.prefix())
        .element("Marker", listing.marker())
        .element("MaxResults", Integer.toString(listing.maxResults()));
    if (!listing.delimiter().isEmpty()) {
      document.element("Delimiter", listing.delimiter());
    }
    document.open("Blobs");
    page.blobs().forEach(blob -> document.blob(blob, listing.withMetadata()));
    page.prefixes()
        .forEach(prefix -> document.open("BlobPrefix").element("Name", prefix).close("BlobPrefix"));
    return document.close("Blobs").end(page.nextMarker());
  }

  static String containers(
      String endpoint,
      String prefix,
      String marker,
      int maxResults,
      boolean withMetadata,
      List<Container> containers,
      @Nullable String nextMarker) {
    StorageXml document = new StorageXml();
    document
        .root(endpoint, null)
        .element("Prefix", prefix)
        .element("Marker", marker)
        .element("MaxResults", Integer.toString(maxResults))
        .open("Containers");
    containers.forEach(container -> document.container(container, withMetadata));
    return document.close("Containers").end(nextMarker);
  }

  private void blob(BlobSnapshot blob, boolean withMetadata) {
    open("Blob").element("Name", blob.name());
    open("Properties")
        .element("Creation-Time", HttpDate.format(blob.createdAt()))
        .element("Last-Modified", HttpDate.format(blob.lastModified()))
        .element("Etag", blob.etag())
        .element("Content-Length", Long.toString(blob.contentLength()))
        .element("Content-Type", blob.contentType())
        .element("BlobType", "BlockBlob")
        .element("AccessTier", "Hot")
        .element("AccessTierInferred", "true")
        .element("LeaseStatus", "unlocked")
        .element("LeaseState", "available")
        .element("ServerEncrypted", "true")
        .close("Properties");
    if (withMetadata) {
      metadata(blob.metadata());
    }
    close("Blob");
  }

  private void container(Container container, boolean withMetadata) {
    open("Container").element("Name", container.name());
    open("Properties")
        .element("Last-Modified", HttpDate.format(container.lastModified()))
        .element("Etag", container.etag())
        .element("LeaseStatus", "unlocked")
        .element("LeaseState", "available")
        .element("HasImmutabilityPolicy", "false")
        .element("HasLegalHold", "false")
        .close("Properties");
    if (withMetadata) {
      metadata(container.metadata());
    }
    close("Container");
  }

  private void metadata(Map<String, String> metadata) {
    if (!metadata.isEmpty()) {
      open("Metadata");
      metadata.forEach(this::element);
      close("Metadata");
    }
  }

  private StorageXml root(String endpoint, @Nullable String container) {
    xml.append("<EnumerationResults ServiceEndpoint=\"").append(escape(endpoint)).append('"');
    if (container != null) {
      xml.append(" ContainerName=\"").append(escape(container)).append('"');
    }
    xml.append('>');
    return this;
  }

  private String end(@Nullable String nextMarker) {
    element("NextMarker", nextMarker == null ? "" : nextMarker);
    return close("EnumerationResults").toString();
  }

  private StorageXml open(String name) {
    xml.append('<').append(name).append('>');
    return this;
  }

  private StorageXml close(String name) {
    xml.append("</").append(name).append('>');
    return this;
  }

  private StorageXml element(String name, String text) {
    return open(name).text(text).close(name);
  }

  private StorageXml text(String text) {
    xml.append(escape(text));
    return this;
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  @Override
  public String toString() {
    return xml.toString();
  }
}
