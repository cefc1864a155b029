// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes ETags that are never used twice and that, like those of the real service, say nothing about
 * which write came first.
 *
 * <p>They count from a random start, so that a service started again does not give an old ETag to
 * another state. Multiplying by an odd number modulo 2<sup>52</sup> is one-to-one: it removes the
 * order and keeps them distinct.
 */
final class ETags {

  private static final long MASK = (1L << 52) - 1;
  private static final long ODD_FACTOR = 0x9E37_79B9_7F4A_7C15L;

  private final AtomicLong counter = new AtomicLong(new SecureRandom().nextLong());

  /** The next ETag, without quotation marks. */
  String next() {
    return String.format("0x8D%013X", (counter.incrementAndGet() * ODD_FACTOR) & MASK);
  }
}
