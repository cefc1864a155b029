// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import java.util.List;

/**
 * One answer that speaks against a stream. Immutable.
 *
 * @param question what it answers
 * @param scenario what was done to the stream, in a few words
 * @param sentence what happened
 * @param story how it came to that, one line for each step
 * @param likelyCause what in the stream is most likely wrong, and what to do
 * @param page the part of the documentation that says more
 */
public record AuditFinding(
    AuditQuestion question,
    String scenario,
    String sentence,
    List<String> story,
    String likelyCause,
    String page) {

  /** Copies the story. */
  public AuditFinding {
    story = List.copyOf(story);
  }
}
