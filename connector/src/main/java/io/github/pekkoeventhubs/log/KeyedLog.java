// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.log;

import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A logger of streams. While a line is logged, the diagnostic context (MDC) of the thread has the
 * {@link LogKeys} of the line, and afterwards what it had before. A level that is off costs
 * nothing.
 *
 * <p>The diagnostic context is used since every back end and every encoder knows it, whereas the
 * key-value pairs of SLF4J become a part of the text in some. Arguments are those of SLF4J: a
 * failure that comes last is logged with its stack trace. Any thread.
 */
@InternalApi
public final class KeyedLog {

  private final Logger logger;

  private KeyedLog(Logger logger) {
    this.logger = logger;
  }

  /** The logger of this name. */
  public static KeyedLog named(String name) {
    return new KeyedLog(LoggerFactory.getLogger(name));
  }

  /** The logger of this class. */
  public static KeyedLog of(Class<?> type) {
    return new KeyedLog(LoggerFactory.getLogger(type));
  }

  /** Through this logger, which may be that of an actor. */
  public static KeyedLog of(Logger logger) {
    return new KeyedLog(logger);
  }

  public boolean isDebugEnabled() {
    return logger.isDebugEnabled();
  }

  public void debug(LogKeys keys, String format, @Nullable Object... arguments) {
    if (logger.isDebugEnabled()) {
      with(keys, () -> logger.debug(format, arguments));
    }
  }

  public void info(LogKeys keys, String format, @Nullable Object... arguments) {
    if (logger.isInfoEnabled()) {
      with(keys, () -> logger.info(format, arguments));
    }
  }

  public void warn(LogKeys keys, String format, @Nullable Object... arguments) {
    if (logger.isWarnEnabled()) {
      with(keys, () -> logger.warn(format, arguments));
    }
  }

  public void error(LogKeys keys, String format, @Nullable Object... arguments) {
    if (logger.isErrorEnabled()) {
      with(keys, () -> logger.error(format, arguments));
    }
  }

  /** Names that the application has given to such a key itself are hidden during the line. */
  private static void with(LogKeys keys, Runnable line) {
    Map<String, @Nullable String> before = new HashMap<>();
    keys.forEach((key, value) -> before.put(key, MDC.get(key)));
    keys.forEach(KeyedLog::set);
    try {
      line.run();
    } finally {
      before.forEach(KeyedLog::set);
    }
  }

  private static void set(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }
}
