// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import org.jspecify.annotations.Nullable;

/** A link of a client, as the broker sees it. */
interface AttachedLink {
  /** Closes the link from the side of the service, with an error or without one. */
  void detach(@Nullable ServiceException error);
}
