// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The node or entity that a link is attached to, parsed from the address of its source or target.
 */
sealed interface LinkAddress {
  /** The node that takes security tokens. */
  record Cbs() implements LinkAddress {}

  /** The node that answers questions about event hubs and partitions. */
  record Management() implements LinkAddress {}

  /** A partition, read by a consumer group. */
  record PartitionReceiver(String eventHub, String consumerGroup, String partitionId)
      implements LinkAddress {}

  /** An event hub, or one partition of it, to send to. */
  record EventHubSender(String eventHub, @Nullable String partitionId) implements LinkAddress {}

  Pattern SCHEME_AND_HOST = Pattern.compile("^[a-z]+://[^/]*");

  /**
   * @throws ServiceException if there is nothing to attach to under such an address
   */
  static LinkAddress parse(@Nullable String address) {
    String path = path(address == null ? "" : address);
    if (path.equals("$cbs")) {
      return new Cbs();
    }
    if (path.equals("$management") || path.endsWith("/$management")) {
      return new Management();
    }
    String[] segments = path.split("/", -1);
    if (segments.length == 5
        && segments[1].equalsIgnoreCase("ConsumerGroups")
        && segments[3].equalsIgnoreCase("Partitions")) {
      return new PartitionReceiver(segments[0], segments[2], segments[4]);
    }
    if (segments.length == 1 && !path.isEmpty()) {
      return new EventHubSender(path, null);
    }
    if (segments.length == 3 && segments[1].equalsIgnoreCase("Partitions")) {
      return new EventHubSender(segments[0], segments[2]);
    }
    throw ServiceException.notFound(path);
  }

  /** The address without scheme and host, where it has any, and without slashes at its ends. */
  static String path(String address) {
    String path = SCHEME_AND_HOST.matcher(address).replaceFirst("");
    int from = path.startsWith("/") ? 1 : 0;
    int to = path.length() > from && path.endsWith("/") ? path.length() - 1 : path.length();
    return path.substring(from, to);
  }
}
