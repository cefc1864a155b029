// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.testkit.services.EventHubsServices;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ends the faults of embedded services that tests have asked for and not used up, once no test runs
 * any more: a fault of the whole service does not say of which test it is. Those that were there
 * before the first of these tests stay. Thread-safe.
 */
final class LeftFaults {

  // Guarded by this.
  private int runningTests;
  private List<Runnable> ends = List.of();

  /**
   * Counts a test.
   *
   * @param services those of all tests that run at the same time
   */
  synchronized void testBegins(EventHubsServices services) {
    if (runningTests == 0) {
      ends =
          Stream.concat(
                  services.eventHubs().stream().map(emulator -> emulator.faults().remember()),
                  services.blobs().stream().map(BlobEmulator::rememberFaults))
              .toList();
    }
    runningTests++;
  }

  /** To be called once for each test that has begun. */
  synchronized void testEnds() {
    runningTests--;
    if (runningTests == 0) {
      ends.forEach(Runnable::run);
    }
  }
}
