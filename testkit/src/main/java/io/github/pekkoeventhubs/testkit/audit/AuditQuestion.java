// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

/** The questions that a {@link StreamAudit} answers. */
public enum AuditQuestion {
  /** Can an event be passed over, so that nobody ever processes it? */
  LOST("lost"),
  /** Is an event processed again although it was committed, or although nothing has failed? */
  REPEATED("repeated"),
  /** Does the work on an event begin after that on a later one of its partition? */
  DISORDERED("disordered"),
  /** Are there events that are never processed, or never committed? */
  STUCK("stuck");

  private final String word;

  AuditQuestion(String word) {
    this.word = word;
  }

  /** The question in one word. */
  String word() {
    return word;
  }
}
