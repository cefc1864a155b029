// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.pekko.annotation.InternalApi;

/**
 * Reads one section of configuration, and checks values wherever they come from. Every refusal is
 * an {@link InvalidSettingsException} that names the key, the value and what to do. A section is
 * read on one thread; the checks are safe for all.
 */
@InternalApi
public final class SettingsSection {

  /** A text that cannot be a secret, and can be shown: a number, a size, a duration or a flag. */
  private static final Pattern HARMLESS =
      Pattern.compile("-?[0-9.]+ ?[a-zA-Z]{0,12}|on|off|true|false|yes|no");

  /**
   * The longest duration of all settings. Pekko's scheduler takes no delay of more than {@link
   * Integer#MAX_VALUE} ticks, which are 248 days, and some delays are a little longer than the
   * setting.
   */
  static final Duration LONGEST = Duration.ofDays(100);

  private final String description;
  private final String prefix;
  private final Config config;
  private final Set<String> known = new TreeSet<>();

  /**
   * A section that may stand anywhere, so that refusals name its keys as they stand in it.
   *
   * @param description as refusals name it: "the settings of a consumer"
   * @param config the section
   */
  public SettingsSection(String description, Config config) {
    this.description = description;
    this.prefix = "";
    this.config = config;
  }

  /**
   * A section that stands in one place, so that refusals name the full paths of its keys.
   *
   * @param description as refusals name it: "the settings of the blob partition store"
   * @param path where the section stands
   * @param config the section
   */
  public SettingsSection(String description, String path, Config config) {
    this.description = description;
    this.prefix = path + ".";
    this.config = config;
  }

  /**
   * These keys, and all keys in the objects under them, are known, too; somebody else reads them.
   */
  public SettingsSection withForeign(Collection<String> keys) {
    known.addAll(keys);
    return this;
  }

  /**
   * To be called when all keys have been read.
   *
   * @throws InvalidSettingsException if the section has a key that nobody has asked for
   */
  public void refuseUnknownKeys() {
    refuseUnknownKeys("", config.root());
  }

  private void refuseUnknownKeys(String prefix, ConfigObject object) {
    object.forEach(
        (name, value) -> {
          String key = prefix + name;
          if (known.contains(key)) {
            return;
          }
          if (value instanceof ConfigObject inner
              && known.stream().anyMatch(one -> one.startsWith(key + "."))) {
            refuseUnknownKeys(key + ".", inner);
            return;
          }
          throw new InvalidSettingsException(
              description
                  + " have no key '"
                  + key
                  + "'"
                  + shown(value)
                  + ": the nearest is '"
                  + new NearestKey(known).to(key)
                  + "'; correct the key, or remove it");
        });
  }

  /** The value if it cannot be a secret, and where it stands if that is known. */
  private static String shown(ConfigValue value) {
    String text = String.valueOf(value.unwrapped());
    String origin = value.origin().description();
    return (HARMLESS.matcher(text).matches() ? " (value " + text : " (value not shown")
        + ", from "
        + origin
        + ")";
  }

  String text(String key) {
    return read(key, config::getString, "a text");
  }

  /** Empty where the key is absent or its value is an empty text. */
  Optional<String> optionalText(String key) {
    known.add(key);
    return config.hasPath(key)
        ? Optional.of(text(key)).filter(value -> !value.isEmpty())
        : Optional.empty();
  }

  /** A whole number. */
  public int number(String key) {
    return read(key, config::getInt, "a whole number");
  }

  long bytes(String key) {
    return read(key, config::getBytes, "a size such as '16 MiB'");
  }

  boolean flag(String key) {
    return read(key, config::getBoolean, "on or off");
  }

  /** A duration with its unit; zero needs none. */
  public Duration duration(String key) {
    if (config.hasPath(key)) {
      refuseWithoutUnit(key, config.getValue(key));
    }
    return read(key, config::getDuration, "a duration such as '5s'");
  }

  /** HOCON takes a number alone for milliseconds, which is hardly ever meant. */
  private void refuseWithoutUnit(String key, ConfigValue value) {
    Object unwrapped = value.unwrapped();
    // A java.time.Duration that a program has put into its configuration is a Long without a line.
    if (unwrapped instanceof Long && value.origin().lineNumber() < 0) {
      return;
    }
    String text = String.valueOf(unwrapped).trim();
    if (text.matches("[+-]?[0-9.]+") && !text.matches("[+-]?[0.]+")) {
      throw new InvalidSettingsException(
          prefix
              + key
              + " = "
              + text
              + " has no unit, and would mean milliseconds: write "
              + text
              + "s for seconds, or "
              + text
              + "ms if milliseconds are meant");
    }
  }

  /** A block of keys that somebody else reads. */
  public Config block(String key) {
    return read(key, config::getConfig, "a block of settings");
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
        prefix + key + " must be one of " + known + ", and not '" + value + "'");
  }

  private <T> T read(String key, Function<String, T> getter, String expected) {
    known.add(key);
    try {
      return getter.apply(key);
    } catch (ConfigException.Missing e) {
      throw new InvalidSettingsException(
          prefix
              + key
              + " is missing: the section needs "
              + expected
              + " there, as in reference.conf",
          e);
    } catch (ConfigException e) {
      throw new InvalidSettingsException(
          prefix + key + " must be " + expected + ": " + StageFailure.messageOf(e), e);
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
  public static int atLeast(String key, int value, int minimum) {
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

  /** The duration, if it is longer than zero, and no longer than {@link #LONGEST}. */
  public static Duration positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new InvalidSettingsException(
          key + " must be longer than zero, and not " + DurationText.of(value));
    }
    return bounded(key, value);
  }

  private static Duration bounded(String key, Duration value) {
    if (value.compareTo(LONGEST) > 0) {
      throw new InvalidSettingsException(
          key
              + " must be at most "
              + LONGEST.toDays()
              + " days, and not "
              + DurationText.of(value)
              + ": set it to "
              + LONGEST.toDays()
              + "d if it is to be as long as possible");
    }
    return value;
  }

  /**
   * Returns the duration, and refuses one below this number of milliseconds: the user cannot have
   * meant it.
   */
  public static Duration atLeast(String key, Duration value, long minimumMillis) {
    if (positive(key, value).toMillis() < minimumMillis) {
      throw new InvalidSettingsException(
          key
              + " must be at least "
              + minimumMillis
              + "ms, and not "
              + DurationText.of(value)
              + ": is the unit the one that is meant?");
    }
    return value;
  }

  /** The duration, if it is zero or longer, and no longer than {@link #LONGEST}. */
  public static Duration notNegative(String key, Duration value) {
    if (value.isNegative()) {
      throw new InvalidSettingsException(
          key + " must not be negative, and not " + DurationText.of(value));
    }
    return bounded(key, value);
  }

  /**
   * Refuses two durations that are not longer than zero and in this order, or longer than {@link
   * #LONGEST}.
   */
  public static void growing(
      String minimumKey, Duration minimum, String maximumKey, Duration maximum) {
    positive(minimumKey, minimum);
    if (maximum.compareTo(minimum) < 0) {
      throw new InvalidSettingsException(
          maximumKey
              + " ("
              + DurationText.of(maximum)
              + ") must not be shorter than "
              + minimumKey
              + " ("
              + DurationText.of(minimum)
              + "): lengthen the first, or shorten the second");
    }
    bounded(maximumKey, maximum);
  }
}
