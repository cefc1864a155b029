// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;

/** The purpose for which a client attaches a link. */
@Internal
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
