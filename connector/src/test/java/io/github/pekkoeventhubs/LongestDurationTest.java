// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No duration is so long that Pekko's scheduler refuses it, or that it has no nanoseconds. */
class LongestDurationTest {

  private static final List<Duration> TOO_LONG =
      List.of(
          Duration.ofDays(100).plusNanos(1),
          Duration.ofDays(365),
          Duration.ofDays(400_000),
          ChronoUnit.FOREVER.getDuration());

  /** A duration of the settings, and how it is set. */
  private record Place(String key, Setter setter) {

    interface Setter {
      void set(Duration value) throws ReflectiveOperationException;
    }

    /** Sets it, or throws what the settings throw. */
    void set(Duration value) throws Throwable {
      try {
        setter.set(value);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    @Override
    public String toString() {
      return key;
    }
  }

  private static Config section(String path) {
    return ConfigFactory.defaultReference().getConfig(path);
  }

  private static ConsumerSettings consumer() {
    return ConsumerSettings.create(section(ConsumerSettings.CONFIG_PATH));
  }

  static Stream<Place> withers() {
    return Stream.of(
            consumer(),
            ProducerSettings.create(section(ProducerSettings.CONFIG_PATH)),
            CommitterSettings.create(section(CommitterSettings.CONFIG_PATH)))
        .flatMap(
            settings ->
                Arrays.stream(settings.getClass().getMethods())
                    .filter(LongestDurationTest::takesDurations)
                    .flatMap(
                        method ->
                            IntStream.range(0, method.getParameterCount())
                                .mapToObj(index -> place(settings, method, index))));
  }

  private static boolean takesDurations(Method method) {
    return method.getName().startsWith("with")
        && method.getParameterCount() > 0
        && Arrays.stream(method.getParameterTypes()).allMatch(Duration.class::equals);
  }

  private static Place place(Object settings, Method method, int index) {
    String key = dashed(method.getName().substring("with".length()));
    int number = method.getParameterCount();
    return new Place(
        number == 1 ? key : key.replaceFirst("-", index == 0 ? "-min-" : "-max-"),
        value -> {
          Object[] values = new Object[number];
          Arrays.fill(values, SettingsSection.LONGEST);
          values[index] = value;
          method.invoke(settings, values);
        });
  }

  static Stream<Place> components() {
    return Stream.of(
            Map.entry("ownership.", consumer().ownership()),
            Map.entry("balanced.", consumer().balanced()))
        .flatMap(
            block ->
                Arrays.stream(block.getValue().getClass().getRecordComponents())
                    .map(component -> place(block.getKey(), block.getValue(), component)));
  }

  private static Place place(String prefix, Record block, RecordComponent replaced) {
    return new Place(
        prefix + dashed(replaced.getName()),
        value -> {
          List<Class<?>> types = new ArrayList<>();
          List<Object> values = new ArrayList<>();
          for (RecordComponent component : block.getClass().getRecordComponents()) {
            types.add(component.getType());
            values.add(
                component.getName().equals(replaced.getName())
                    ? value
                    : component.getAccessor().invoke(block));
          }
          block
              .getClass()
              .getConstructor(types.toArray(Class<?>[]::new))
              .newInstance(values.toArray());
        });
  }

  private static String dashed(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private static void refuses(Place place) {
    assertThat(TOO_LONG)
        .allSatisfy(
            value ->
                assertThatThrownBy(() -> place.set(value))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageStartingWith(place.key() + " must be at most 100 days, and not ")
                    .hasMessageContaining(DurationText.of(value))
                    .hasMessageContaining("100d"));
  }

  @Test
  void allSettingsAreLookedAt() {
    assertThat(withers())
        .extracting(Place::key)
        .contains(
            "partition-refresh-interval",
            "max-interval",
            "stall-check",
            "restart-hold",
            "retry-max-backoff")
        .hasSize(15);
    assertThat(components()).hasSize(11);
  }

  @ParameterizedTest
  @MethodSource("withers")
  void aLongerDurationIsRefusedAndTheLongestIsNot(Place place) {
    refuses(place);
    assertThatCode(() -> place.set(SettingsSection.LONGEST)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("components")
  void aLongerDurationInABlockIsRefused(Place place) {
    refuses(place);
  }

  @ParameterizedTest
  @ValueSource(strings = {"101d", "365d", "400000d"})
  void aLongerDurationInAConfigurationIsRefused(String value) {
    Config config =
        ConfigFactory.parseString("stall-check = \"" + value + "\"")
            .withFallback(section(ConsumerSettings.CONFIG_PATH));

    assertThatThrownBy(() -> ConsumerSettings.create(config))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageStartingWith("stall-check must be");
  }

  /** Pekko's own limit, from which ours has its reason. */
  @Test
  void theLongestFitsPekkosSchedulerMoreThanTwice() {
    Duration tick = ConfigFactory.defaultReference().getDuration("pekko.scheduler.tick-duration");

    assertThat(SettingsSection.LONGEST.multipliedBy(2))
        .isLessThan(tick.multipliedBy(Integer.MAX_VALUE));
  }
}
