// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

/**
 * How a partition store does as a whole, over the requests for all partitions. It turns bad when no
 * request has succeeded for two seconds in which several have failed, and good with the first one
 * that succeeds; the log says each change once.
 */
public enum StoreHealth {
  /** It answers. Also a store that has not been asked yet. */
  ANSWERING,
  /** It answers that it has too much to do. The connector asks less often, and goes on. */
  THROTTLING,
  /**
   * It refuses every request for a reason that lasts: the credential, a missing container, a
   * network that is not allowed. Somebody has to act.
   */
  REFUSING,
  /** It does not answer, fails inside, or there is no token to ask it with. */
  SILENT
}
