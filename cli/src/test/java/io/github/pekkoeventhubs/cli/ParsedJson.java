// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Reads what the commands have written with a parser of somebody else. */
final class ParsedJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ParsedJson() {}

  static JsonNode object(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + text, e);
    }
  }

  static List<JsonNode> lines(String text) {
    return text.lines().map(ParsedJson::object).toList();
  }
}
