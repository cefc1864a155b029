// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

/**
 * Finds out when a lost link delivers again, for the log and the status. The SDK does not tell when
 * a link is attached, only when it has ended. A link counts as recovered when an event has arrived,
 * or when the service has answered a question that was asked while the same link was attached. For
 * the owner's thread alone.
 */
final class LinkRecovery {

  private boolean lost;
  private long lostAt;
  private long receivedBefore;
  private int attempts;
  private int attemptsWhenAsked;

  /**
   * The link has ended.
   *
   * @param now the monotonic time
   * @param received how many events had arrived in this epoch
   */
  void lost(long now, long received) {
    if (!lost) {
      lost = true;
      lostAt = now;
      receivedBefore = received;
      attempts = 0;
      attemptsWhenAsked = 0;
    }
  }

  boolean isLost() {
    return lost;
  }

  /** How many links have been attached since the loss. */
  int attempts() {
    return attempts;
  }

  /** When the link was lost, by the monotonic clock. */
  long lostAt() {
    return lostAt;
  }

  /** Another link is being attached. */
  void attaching() {
    attempts++;
  }

  /** The service is being asked while a link is attached. */
  void asked() {
    attemptsWhenAsked = attempts;
  }

  /**
   * Events may have arrived.
   *
   * @return whether the link delivers again, which is said once for each loss
   */
  boolean recoversWith(long received) {
    return recovers(received > receivedBefore);
  }

  /**
   * The service has answered.
   *
   * @return whether the link works again, which is said once for each loss
   */
  boolean recoversWithAnswer() {
    return recovers(attempts > 0 && attempts == attemptsWhenAsked);
  }

  private boolean recovers(boolean works) {
    boolean recovered = lost && works;
    if (recovered) {
      lost = false;
    }
    return recovered;
  }
}
