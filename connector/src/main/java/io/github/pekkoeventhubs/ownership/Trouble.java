// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

/** What of a partition does not work for now; each kind ends by itself. */
enum Trouble {
  /** Reading the owner, claiming or fencing; ends when the epoch begins. */
  CLAIM,
  /** Renewing the claim; ends with a renewal that succeeds. */
  RENEWAL,
  /** The link or its connection; ends when the partition is being read again. */
  LINK,
  /** The stream cannot go on; does not end. */
  STREAM
}
