// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Locale;
import java.util.Optional;

/**
 * The names of ownership and checkpoint blobs, as the official stores of all languages agree on
 * them: {@code namespace/event hub/consumer group/ownership/partition}. Names are in lower case, as
 * most of those stores write them; the Java one writes names as they are given to it.
 */
final class BlobLayout {

  private static final String OWNERSHIP = "/ownership/";
  private static final String CHECKPOINT = "/checkpoint/";

  private final String group;

  private BlobLayout(String group) {
    this.group = group;
  }

  /** The layout that is written. */
  static BlobLayout of(String namespace, String eventHub, String consumerGroup) {
    return new BlobLayout(
        (namespace + "/" + eventHub + "/" + consumerGroup).toLowerCase(Locale.ROOT));
  }

  /** The layout of names as they are; empty where it is the same. */
  static Optional<BlobLayout> verbatim(String namespace, String eventHub, String consumerGroup) {
    String group = namespace + "/" + eventHub + "/" + consumerGroup;
    return group.equals(group.toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of(new BlobLayout(group));
  }

  static BlobLayout of(EventHubPartition partition) {
    return of(partition.namespace(), partition.eventHub(), partition.consumerGroup());
  }

  static Optional<BlobLayout> verbatim(EventHubPartition partition) {
    return verbatim(partition.namespace(), partition.eventHub(), partition.consumerGroup());
  }

  String ownerships() {
    return group + OWNERSHIP;
  }

  String ownership(String partitionId) {
    return ownerships() + partitionId.toLowerCase(Locale.ROOT);
  }

  String checkpoints() {
    return group + CHECKPOINT;
  }

  String checkpoint(String partitionId) {
    return checkpoints() + partitionId.toLowerCase(Locale.ROOT);
  }

  /** The partition of a blob under one of the folders; empty for a blob further down. */
  static Optional<String> partitionId(String blobName, String folder) {
    String rest = blobName.startsWith(folder) ? blobName.substring(folder.length()) : "";
    return rest.isEmpty() || rest.contains("/") ? Optional.empty() : Optional.of(rest);
  }
}
