// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides how many events of a partition may go to receivers: all, a limited number, or none. The
 * fault that closes the gate counts a hit each time an event has to wait that a receiver would
 * take.
 */
final class DeliveryGate {
  private final List<Fault> stalls = new ArrayList<>();
  private final List<Fault> throttles = new ArrayList<>();
  private long permits;

  /** Whether one more event may go out now. */
  boolean pass() {
    if (!stalls.isEmpty()) {
      stalls.forEach(stall -> stall.struck(1));
      return false;
    }
    if (throttles.isEmpty()) {
      return true;
    }
    if (permits == 0) {
      throttles.forEach(throttle -> throttle.struck(1));
      return false;
    }
    permits--;
    return true;
  }

  boolean isOpen() {
    return stalls.isEmpty() && (throttles.isEmpty() || permits > 0);
  }

  void stall(Fault stall) {
    stalls.add(stall);
  }

  void resume(Fault stall) {
    stalls.remove(stall);
  }

  void beginThrottle(Fault throttle) {
    throttles.add(throttle);
    permits = 0;
  }

  void permit(long events) {
    permits = events;
  }

  void endThrottle(Fault throttle) {
    throttles.remove(throttle);
  }
}
