// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.http.HttpHeaders;
import com.azure.core.util.DateTimeRfc1123;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A page of the list of a container's blobs, as the service writes it (List Blobs, REST API).
 *
 * @param headers of the answer
 * @param items the blobs
 * @param nextMarker names the next page; empty on the last one
 */
record BlobListPage(HttpHeaders headers, List<Item> items, String nextMarker) {

  private static final XMLInputFactory XML = withoutEntities();

  /**
   * A blob of the list.
   *
   * @param name its name
   * @param metadata its metadata, as they were written
   * @param etag its version, or null if the answer does not say it
   * @param lastModified when it was written, or null if the answer does not say it
   */
  record Item(
      String name,
      Map<String, String> metadata,
      @Nullable String etag,
      @Nullable Instant lastModified) {}

  private static XMLInputFactory withoutEntities() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  boolean isLast() {
    return nextMarker.isEmpty();
  }

  /**
   * Reads a page.
   *
   * @throws BlobRequestException if it is no list of blobs
   */
  static BlobListPage of(HttpHeaders headers, byte[] body) {
    try {
      XMLStreamReader xml = XML.createXMLStreamReader(new ByteArrayInputStream(body));
      xml.nextTag();
      xml.require(XMLStreamConstants.START_ELEMENT, null, "EnumerationResults");
      List<Item> items = new ArrayList<>();
      String nextMarker = "";
      while (hasChild(xml)) {
        switch (xml.getLocalName()) {
          case "Blobs" -> readBlobs(xml, items);
          case "NextMarker" -> nextMarker = xml.getElementText();
          default -> skip(xml);
        }
      }
      return new BlobListPage(headers, items, nextMarker);
    } catch (XMLStreamException | DateTimeException e) {
      throw new BlobRequestException(
          BlobProblem.NOT_THE_SERVICE, "a success that is no list of blobs", e);
    }
  }

  private static void readBlobs(XMLStreamReader xml, List<Item> items) throws XMLStreamException {
    while (hasChild(xml)) {
      if (xml.getLocalName().equals("Blob")) {
        items.add(blob(xml));
      } else {
        skip(xml);
      }
    }
  }

  private static Item blob(XMLStreamReader xml) throws XMLStreamException {
    String name = "";
    Map<String, String> metadata = new HashMap<>();
    Map<String, String> properties = new HashMap<>();
    while (hasChild(xml)) {
      switch (xml.getLocalName()) {
        case "Name" -> {
          // A name that XML cannot hold is percent-encoded, and says so.
          boolean isEncoded = "true".equals(xml.getAttributeValue(null, "Encoded"));
          String text = xml.getElementText();
          name = isEncoded ? decoded(text) : text;
        }
        case "Metadata" -> readTexts(xml, metadata);
        case "Properties" -> readTexts(xml, properties);
        default -> skip(xml);
      }
    }
    String lastModified = properties.get("Last-Modified");
    return new Item(
        name,
        metadata,
        properties.get("Etag"),
        lastModified == null ? null : new DateTimeRfc1123(lastModified).getDateTime().toInstant());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void readTexts(XMLStreamReader xml, Map<String, String> texts)
      throws XMLStreamException {
    while (hasChild(xml)) {
      texts.put(xml.getLocalName(), xml.getElementText());
    }
  }

  /** Goes on to the next child of the current element, or to its end. */
  private static boolean hasChild(XMLStreamReader xml) throws XMLStreamException {
    return xml.nextTag() == XMLStreamConstants.START_ELEMENT;
  }

  /** Goes on to the end of the current element. */
  private static void skip(XMLStreamReader xml) throws XMLStreamException {
    int depth = 1;
    while (depth > 0) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      }
    }
  }
}
