// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import org.apache.pekko.annotation.InternalApi;

/** A part of a partition's work that fails for now. Each kind of trouble ends by itself. */
@InternalApi
public enum Trouble {
  /** Reading the owner, claiming or fencing; ends when the epoch begins. */
  CLAIM,
  /** Renewing the claim; ends with a renewal that succeeds. */
  RENEWAL,
  /** The link or its connection; ends when the partition is being read again. */
  LINK,
  /** Writing checkpoints; ends with a write that succeeds. */
  CHECKPOINT,
  /**
   * The service does not answer what it is asked beside a link that looks open; ends with an
   * answer.
   */
  SERVICE,
  /** The stream cannot go on; does not end. */
  STREAM
}
