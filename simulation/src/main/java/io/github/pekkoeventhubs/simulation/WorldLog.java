// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import org.apache.pekko.event.LogMarker;
import org.apache.pekko.event.Logging;
import org.apache.pekko.event.LoggingBus;
import org.apache.pekko.event.LoggingFilter;
import org.apache.pekko.event.LoggingFilterWithMarker;

/**
 * The log of Pekko: a story with details has all of it, and shows why a cluster does what it does.
 * Nothing else changes by that. Pekko's own loggers are actors, whose tasks would make it another
 * run.
 */
public final class WorldLog {

  private WorldLog() {}

  /** Like the method of the same name. */
  public static boolean isErrorEnabled(LoggingFilter filter, Class<?> type, String source) {
    return World.current().hasDetails() || filter.isErrorEnabled(type, source);
  }

  /** Like the method of the same name. */
  public static boolean isErrorEnabled(
      LoggingFilterWithMarker filter, Class<?> type, String source, LogMarker marker) {
    return World.current().hasDetails() || filter.isErrorEnabled(type, source, marker);
  }

  /** Like the method of the same name. */
  public static boolean isWarningEnabled(LoggingFilter filter, Class<?> type, String source) {
    return World.current().hasDetails() || filter.isWarningEnabled(type, source);
  }

  /** Like the method of the same name. */
  public static boolean isWarningEnabled(
      LoggingFilterWithMarker filter, Class<?> type, String source, LogMarker marker) {
    return World.current().hasDetails() || filter.isWarningEnabled(type, source, marker);
  }

  /** Like the method of the same name. */
  public static boolean isInfoEnabled(LoggingFilter filter, Class<?> type, String source) {
    return World.current().hasDetails() || filter.isInfoEnabled(type, source);
  }

  /** Like the method of the same name. */
  public static boolean isInfoEnabled(
      LoggingFilterWithMarker filter, Class<?> type, String source, LogMarker marker) {
    return World.current().hasDetails() || filter.isInfoEnabled(type, source, marker);
  }

  /** Like the method of the same name. */
  public static boolean isDebugEnabled(LoggingFilter filter, Class<?> type, String source) {
    return World.current().hasDetails() || filter.isDebugEnabled(type, source);
  }

  /** Like the method of the same name. */
  public static boolean isDebugEnabled(
      LoggingFilterWithMarker filter, Class<?> type, String source, LogMarker marker) {
    return World.current().hasDetails() || filter.isDebugEnabled(type, source, marker);
  }

  /** Like the method of the same name. */
  public static void publish(LoggingBus bus, Object event) {
    if (event instanceof Logging.LogEvent line && World.current().hasDetails()) {
      World.current().detail(line.logClass().getSimpleName() + ": " + line.message());
    } else {
      bus.publish(event);
    }
  }
}
