// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The verdict of a {@link StreamAudit}. Immutable. {@link #toString} is the report for people, in
 * lines of at most 80 characters.
 */
public final class AuditReport {

  private static final int WIDTH = 80;

  private final long seed;
  private final int scenarios;
  private final long events;
  private final Duration time;
  private final List<AuditFinding> findings;
  private final List<String> notes;
  private final Set<AuditQuestion> asked;

  /**
   * @param asked the questions that were asked to the end
   * @param notes what the audit has not looked at, and why
   */
  AuditReport(
      long seed,
      int scenarios,
      long events,
      Duration time,
      List<AuditFinding> findings,
      List<String> notes,
      Set<AuditQuestion> asked) {
    this.seed = seed;
    this.scenarios = scenarios;
    this.events = events;
    this.time = time;
    this.findings = List.copyOf(findings);
    this.notes = List.copyOf(notes);
    this.asked = Set.copyOf(asked);
  }

  /** The seed of the audit, with which its scenarios can be repeated. */
  public long seed() {
    return seed;
  }

  /** How long the audit took. */
  public Duration time() {
    return time;
  }

  /** The findings against the stream, one for each question at most. */
  public List<AuditFinding> findings() {
    return findings;
  }

  /** The finding against the stream in this question. */
  public Optional<AuditFinding> finding(AuditQuestion question) {
    return findings.stream().filter(finding -> finding.question() == question).findFirst();
  }

  /** The questions in which something speaks against the stream, in their order. */
  public Set<AuditQuestion> convicted() {
    Set<AuditQuestion> questions = new TreeSet<>();
    findings.forEach(finding -> questions.add(finding.question()));
    return questions;
  }

  /** Whether nothing speaks against the stream. */
  public boolean isSafe() {
    return findings.isEmpty();
  }

  /**
   * For tests.
   *
   * @throws AssertionError with the whole report, if anything speaks against the stream
   */
  public void assertSafe() {
    if (!isSafe()) {
      throw new AssertionError("The stream is not safe\n" + this);
    }
  }

  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Stream audit, seed %d: %d scenarios, %,d events, %d s"
            .formatted(seed, scenarios, events, Math.round(time.toMillis() / 1000.0)));
    for (AuditQuestion question : AuditQuestion.values()) {
      String answer =
          finding(question)
              .map(finding -> "YES: " + finding.sentence())
              .orElse(asked.contains(question) ? "no" : "not asked to the end");
      wrapped(lines, "  %-11s ".formatted(question.word()), answer);
    }
    notes.forEach(note -> wrapped(lines, "  note: ", note));
    findings.forEach(finding -> describe(lines, finding));
    return String.join("\n", lines) + "\n";
  }

  private static void describe(List<String> lines, AuditFinding finding) {
    lines.add("");
    wrapped(lines, finding.question().word() + ": ", finding.scenario());
    int step = 1;
    for (String line : finding.story()) {
      wrapped(lines, "  %2d. ".formatted(step++), line);
    }
    wrapped(lines, "  likely cause: ", finding.likelyCause());
    wrapped(lines, "  see ", finding.page());
  }

  /** Adds the text in lines of at most 80 characters, all behind the same margin. */
  private static void wrapped(List<String> lines, String margin, String text) {
    String blank = " ".repeat(Math.min(margin.length(), WIDTH / 5));
    StringBuilder line = new StringBuilder(margin);
    boolean empty = true;
    for (String word : text.split("\\s+", -1)) {
      if (!empty && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(blank);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    lines.add(line.toString().stripTrailing());
  }
}
