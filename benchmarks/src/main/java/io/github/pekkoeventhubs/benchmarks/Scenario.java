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

  /**
   * Measures. Throws what a part of it has thrown, and an {@link IncorrectResultException} if
   * something was fast but wrong.
   */
  List<Figure> run(Environment environment) throws Exception;
}
