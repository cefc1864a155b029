// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

/**
 * AssertJ assertions about what streams have done; to be imported beside those of AssertJ. Needs
 * {@code assertj-core} on the class path.
 *
 * <pre>{@code
 * assertThat(orders).partition("0").hasCheckpoint(41);
 * assertThat(committer).partition("0").hasCommitted(1, 3, 7);
 * }</pre>
 */
public final class EventHubsAssertions {

  private EventHubsAssertions() {}

  /** About what is stored of an event hub. */
  public static TestEventHubAssert assertThat(TestEventHub actual) {
    return new TestEventHubAssert(actual);
  }

  /** About what a stream has committed without any service. */
  public static RecordingCommitterAssert assertThat(RecordingCommitter actual) {
    return new RecordingCommitterAssert(actual);
  }
}
