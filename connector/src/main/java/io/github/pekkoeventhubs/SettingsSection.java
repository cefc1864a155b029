// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads one section of configuration, and checks values wherever they come from. Every refusal
 * names the key, the value and what to do.
 */
final class SettingsSection {

  private final Config config;

  SettingsSection(Config config) {
    this.config = config;
  }

  String text(String key) {
    return read(key, config::getString, "a text");
  }

  /** Empty where the key is absent or its value is an empty text. */
  Optional<String> optionalText(String key) {
    return config.hasPath(key)
        ? Optional.of(text(key)).filter(value -> !value.isEmpty())
        : Optional.empty();
  }

  int number(String key) {
    return read(key, config::getInt, "a whole number");
  }

  long bytes(String key) {
    return read(key, config::getBytes, "a size such as '16 MiB'");
  }

  boolean flag(String key) {
    return read(key, config::getBoolean, "on or off");
  }

  Duration duration(String key) {
    return read(key, config::getDuration, "a duration such as '5s'");
  }

  /** The constant of an enum, written as in configuration: {@code wait-for-ack}. */
  <E extends Enum<E>> E choice(String key, E[] constants) {
    String value = text(key);
    for (E constant : constants) {
      if (constant.name().replace('_', '-').equalsIgnoreCase(value.replace('_', '-'))) {
        return constant;
      }
    }
    StringBuilder known = new StringBuilder();
    for (E constant : constants) {
      known
          .append(known.isEmpty() ? "" : ", ")
          .append(constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    }
    throw new InvalidSettingsException(
        key + " must be one of " + known + ", and not '" + value + "'");
  }

  private static <T> T read(String key, Function<String, T> getter, String expected) {
    try {
      return getter.apply(key);
    } catch (ConfigException.Missing e) {
      throw new InvalidSettingsException(
          key + " is missing: the section needs " + expected + " there, as in reference.conf", e);
    } catch (ConfigException e) {
      throw new InvalidSettingsException(key + " must be " + expected + ": " + e.getMessage(), e);
    }
  }

  /** The value, if it is at least {@code minimum}. */
  static long atLeast(String key, long value, long minimum) {
    if (value < minimum) {
      throw new InvalidSettingsException(
          key + " must be at least " + minimum + ", and not " + value);
    }
    return value;
  }

  /** The value, if it is at least {@code minimum}. */
  static int atLeast(String key, int value, int minimum) {
    return (int) atLeast(key, (long) value, minimum);
  }

  /** The value, if it lies between the bounds, both included. */
  static int between(String key, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new InvalidSettingsException(
          key + " must lie between " + minimum + " and " + maximum + ", and not be " + value);
    }
    return value;
  }

  /** The duration, if it is longer than zero. */
  static Duration positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new InvalidSettingsException(key + " must be longer than zero, and not " + value);
    }
    return value;
  }
}
