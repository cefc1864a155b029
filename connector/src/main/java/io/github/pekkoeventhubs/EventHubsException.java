// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.failure.Causes;
import java.util.Locale;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the connector's streams and stages: each subclass is one kind of failure, and says
 * whether trying again can help. Immutable, and safe for all threads.
 *
 * <p>A restarted stream ends at a lasting failure with
 *
 * <pre>{@code
 * RestartSettings.create(Duration.ofSeconds(1), Duration.ofSeconds(20), 0.2)
 *     .withRestartOn(EventHubsException::mayHelpToRestart)
 * }</pre>
 */
public class EventHubsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The page that has a section for each of these classes. */
  private static final String PAGE =
      "https://github.com/pekko-eventhubs/pekko-eventhubs/blob/main/docs/troubleshooting.md#";

  /** With a message that says what is wrong and what to do about it. */
  public EventHubsException(String message) {
    super(message);
  }

  /** With a message and its cause. */
  public EventHubsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns what is wrong and what to do about it, and the page that says more. */
  @Override
  public String getMessage() {
    String reason = reason();
    return reason + (reason.endsWith(".") ? " See " : ". See ") + PAGE + place();
  }

  /** Returns the message without the page, for a text that goes on behind it. */
  @InternalApi
  public final String reason() {
    String reason = super.getMessage();
    return reason == null ? getClass().getSimpleName() : reason;
  }

  /** A subclass of an application has the place of the class of ours that it extends. */
  private String place() {
    Class<?> ours = getClass();
    while (!ours.getPackageName().equals(EventHubsException.class.getPackageName())) {
      ours = ours.getSuperclass();
    }
    return ours.getSimpleName().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the failure may pass by itself, so that a stream which is restarted may succeed. Other
   * failures (a wrong key, a missing event hub, settings that do not fit) last until somebody
   * corrects the cause. An exception of this class itself has the failure of an application's
   * function as its cause, and passes unless that cause is known to last.
   */
  public boolean isTransient() {
    Throwable cause = getCause();
    return cause == null || mayHelpToRestart(cause);
  }

  /**
   * Whether it may help to restart a stream that has failed with this: false for an {@link
   * EventHubsException} that lasts, also if a stage or a future has wrapped it. Failures of the
   * application's own code are restarted.
   */
  public static boolean mayHelpToRestart(Throwable failure) {
    Throwable cause = Causes.withoutFutures(failure);
    return !(cause instanceof EventHubsException known) || known.isTransient();
  }
}
