// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import java.util.List;

/** Something that can be measured by itself. */
public interface Scenario {

  /** The name: words with dots between them. The names of its figures begin with it. */
  String name();

  /** One line on what is measured. */
  String description();

  /** Whether it is part of a quick run for which no scenario was named. */
  default boolean isForQuickRuns() {
    return true;
  }

  /** Whether it is run only if it is named: its figures have no goal and take long. */
  default boolean isByNameOnly() {
    return false;
  }

  /**
   * Whether it hardly uses the processor, so that others of this kind do not disturb it: such
   * scenarios run beside each other, after the others.
   */
  default boolean mostlyWaits() {
    return false;
  }

  /**
   * Measures. Throws an exception of any of its parts, and an {@link IncorrectResultException} if a
   * result is wrong.
   */
  List<Figure> run(Environment environment) throws Exception;
}
