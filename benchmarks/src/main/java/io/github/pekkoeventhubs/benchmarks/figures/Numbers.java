// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import java.util.Locale;

/** Values as text: as many digits as mean something. */
final class Numbers {

  private Numbers() {}

  static String rounded(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  static String text(double value) {
    double magnitude = Math.abs(value);
    if (value == Math.rint(value) || magnitude >= 1000) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, magnitude >= 100 ? "%.1f" : "%.3f", value);
  }
}
