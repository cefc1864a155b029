// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * Runs the rules of the Reactive Streams technology compatibility kit as tests of JUnit, one each.
 * Rules that the kit itself calls "untested" are left out; a rule that reports that it does not
 * apply has to be in the list of those that do not.
 */
public final class ReactiveStreamsRules {

  /** Rules for publishers with several subscribers, which those of Pekko Streams do not have. */
  public static final Set<String> SEVERAL_SUBSCRIBERS =
      Set.of(
          "optional_spec111_maySupportMultiSubscribe",
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne",
          "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals");

  private static final long PATIENCE_MILLIS = 3_000;
  private static final long SILENCE_MILLIS = 50;

  private ReactiveStreamsRules() {}

  /** Patient where something must come; quick where nothing may. */
  public static TestEnvironment environment() {
    return new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS);
  }

  /**
   * The rules of a verification.
   *
   * @param verification makes a new one for each rule
   * @param notApplicable rules that make sense for others only
   */
  public static Stream<DynamicTest> of(Supplier<?> verification, Set<String> notApplicable) {
    List<Method> rules =
        Arrays.stream(verification.get().getClass().getMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .filter(method -> !method.getName().startsWith("untested_"))
            .sorted(Comparator.comparing(Method::getName))
            .toList();
    assertThat(rules).extracting(Method::getName).containsAll(notApplicable);
    return rules.stream()
        .filter(rule -> !notApplicable.contains(rule.getName()))
        .map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> verify(rule, verification)));
  }

  private static void verify(Method rule, Supplier<?> verification) throws Throwable {
    Object instance = verification.get();
    try {
      invokeAll(instance, BeforeClass.class);
      invokeAll(instance, BeforeMethod.class);
      rule.invoke(instance);
      invokeAll(instance, AfterClass.class);
    } catch (InvocationTargetException e) {
      if (e.getTargetException() instanceof SkipException skipped) {
        throw new AssertionError("does not apply: " + skipped.getMessage(), skipped);
      }
      throw e.getTargetException();
    }
  }

  private static void invokeAll(Object instance, Class<? extends Annotation> annotation)
      throws ReflectiveOperationException {
    for (Method method : instance.getClass().getMethods()) {
      if (method.isAnnotationPresent(annotation)) {
        method.invoke(instance);
      }
    }
  }
}
