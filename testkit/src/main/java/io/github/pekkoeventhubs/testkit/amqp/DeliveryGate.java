// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

/** Lets the events of a partition out to receivers: all of them, so many, or none. */
final class DeliveryGate {
  private int stalls;
  private int throttles;
  private long permits;

  /** Whether one more event may go out now. */
  boolean pass() {
    if (stalls > 0) {
      return false;
    }
    if (throttles == 0) {
      return true;
    }
    if (permits == 0) {
      return false;
    }
    permits--;
    return true;
  }

  boolean isOpen() {
    return stalls == 0 && (throttles == 0 || permits > 0);
  }

  void stall() {
    stalls++;
  }

  void resume() {
    stalls--;
  }

  void beginThrottle() {
    throttles++;
    permits = 0;
  }

  void permit(long events) {
    permits = events;
  }

  void endThrottle() {
    throttles--;
  }
}
