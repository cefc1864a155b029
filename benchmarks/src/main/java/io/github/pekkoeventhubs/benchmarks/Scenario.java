// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import java.util.List;

/** Something that can be measured by itself. */
public interface Scenario {

  /** Words with dots between them; its figures' names begin like this. */
  String name();

  /** One line on what is measured. */
  String description();

  /** Whether it is part of a quick run for which no scenario was named. */
  default boolean isForQuickRuns() {
    return true;
  }

  /** Whether it is run only where it is named: what it measures has no goal and takes long. */
  default boolean isByNameOnly() {
    return false;
  }

  /**
   * Whether it hardly uses the processor, and does not mind others that do the same: such scenarios
   * run beside each other, after the others.
   */
  default boolean mostlyWaits() {
    return false;
  }

  /**
   * Measures. Throws what a part of it has thrown, and an {@link IncorrectResultException} if
   * something was fast but wrong.
   */
  List<Figure> run(Environment environment) throws Exception;
}
