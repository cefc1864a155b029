// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import org.jspecify.annotations.Nullable;

/** Fixed partitions were asked for while somebody else owns them. */
public final class PartitionOwnedException extends EventHubsException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is wrong and what to do about it. */
  public PartitionOwnedException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public PartitionOwnedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Always true: the owner may release the partition, or its claim may expire. */
  @Override
  public boolean isTransient() {
    return true;
  }
}
