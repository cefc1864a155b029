// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import org.apache.pekko.annotation.InternalApi;

/** What a client attaches a link for. */
@InternalApi
public enum LinkKind {
  /** To receive the events of a partition. */
  RECEIVER,
  /** To send events. */
  SENDER,
  /** To ask about event hubs and partitions. */
  MANAGEMENT,
  /** To show its tokens. */
  TOKENS
}
