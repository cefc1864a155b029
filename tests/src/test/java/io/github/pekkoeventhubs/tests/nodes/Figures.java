// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.time.Duration;
import java.util.Locale;

/** Measured values, one line each, for whoever reads the build's output. */
public final class Figures {

  private Figures() {}

  public static void print(String name, long value) {
    System.out.println("figure " + name + " " + value);
  }

  /** In seconds. */
  public static void print(String name, Duration value) {
    System.out.println(
        "figure " + name + " " + String.format(Locale.ROOT, "%.2f", value.toNanos() / 1e9));
  }
}
