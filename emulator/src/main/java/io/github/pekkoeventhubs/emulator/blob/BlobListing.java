// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request to list the names with a prefix, from a marker on, up to a maximum. With a delimiter,
 * names that continue beyond it are listed as one virtual folder.
 *
 * @param delimiter empty for a flat listing
 * @param marker the first name of the page; opaque to clients, empty for the first page
 */
record BlobListing(
    String prefix, String delimiter, String marker, int maxResults, boolean withMetadata) {

  private static final int DEFAULT_MAX_RESULTS = 5000;

  static BlobListing of(BlobAddress address) {
    return new BlobListing(
        address.parameter("prefix"),
        address.parameter("delimiter"),
        address.parameter("marker"),
        maxResults(address),
        List.of(address.parameter("include").split(",")).contains("metadata"));
  }

  static int maxResults(BlobAddress address) {
    String value = address.parameter("maxresults");
    if (value.isEmpty()) {
      return DEFAULT_MAX_RESULTS;
    }
    try {
      int maxResults = Integer.parseInt(value);
      if (maxResults < 1) {
        throw StorageError.outOfRangeQueryParameter("maxresults", value);
      }
      return Math.min(maxResults, DEFAULT_MAX_RESULTS);
    } catch (NumberFormatException malformed) {
      throw StorageError.invalidQueryParameter("maxresults", value);
    }
  }

  BlobPage read(TreeMap<String, StoredBlob> all) {
    List<BlobSnapshot> blobs = new ArrayList<>();
    List<String> folders = new ArrayList<>();
    String from = marker.compareTo(prefix) > 0 ? marker : prefix;
    String folder = null;
    for (Map.Entry<String, StoredBlob> entry : all.tailMap(from, true).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith(prefix)) {
        break;
      }
      if (folder != null && name.startsWith(folder)) {
        continue;
      }
      if (blobs.size() + folders.size() == maxResults) {
        return new BlobPage(blobs, folders, name);
      }
      folder = folderOf(name);
      if (folder == null) {
        blobs.add(entry.getValue().properties());
      } else {
        folders.add(folder);
      }
    }
    return new BlobPage(blobs, folders, null);
  }

  private @Nullable String folderOf(String name) {
    if (delimiter.isEmpty()) {
      return null;
    }
    int end = name.indexOf(delimiter, prefix.length());
    return end < 0 ? null : name.substring(0, end + delimiter.length());
  }
}
