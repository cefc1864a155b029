// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.CanarySecrets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The search for secrets in all that the nodes of a run have said. */
final class ShownSecrets {

  private ShownSecrets() {}

  /**
   * Secrets that were shown, in words.
   *
   * @param logs the folder of the processes' logs, with the stack traces of exceptions
   * @param failures the failures of streams, by their text
   */
  static List<String> violations(Path logs, List<String> failures) {
    List<String> violations = new ArrayList<>(CanarySecrets.leaksIn(logs));
    failures.forEach(
        failure -> violations.addAll(CanarySecrets.leaksOf("the failure of a stream", failure)));
    return violations;
  }
}
