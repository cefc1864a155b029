// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.util.concurrent.atomic.AtomicLong;

/** Names of actor systems, so that their threads can be told apart. */
final class SystemNames {

  private static final AtomicLong LAST = new AtomicLong();

  private SystemNames() {}

  static String next() {
    return "event-hubs-test-" + LAST.incrementAndGet();
  }
}
