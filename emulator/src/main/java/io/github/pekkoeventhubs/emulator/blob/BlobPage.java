// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing.
 *
 * @param prefixes the virtual folders, where the listing has a delimiter
 * @param nextMarker where the next page starts; null after the last
 */
record BlobPage(List<BlobSnapshot> blobs, List<String> prefixes, @Nullable String nextMarker) {}
