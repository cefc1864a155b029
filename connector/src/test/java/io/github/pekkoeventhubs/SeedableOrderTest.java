// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The module {@code simulation} decides about the order of everything by a seed. It can do so for
 * the dispatchers and the scheduler of an actor system and for the package {@code threads}: so no
 * other class has threads, pools or timers of its own.
 */
@AnalyzeClasses(
    packages = "io.github.pekkoeventhubs",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NotTheEmulator.class})
class SeedableOrderTest {

  private static final List<String> OWNERS_WITH_THREADS =
      List.of(
          "java.util.concurrent.Executors",
          "java.util.concurrent.ForkJoinPool",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.ScheduledThreadPoolExecutor",
          "java.util.Timer",
          "reactor.core.scheduler.Schedulers");

  private static final Set<String> TIMES_OF_THE_JDK =
      Set.of("orTimeout", "completeOnTimeout", "delayedExecutor");

  @ArchTest
  static final ArchRule threadsAndTimersComeFromOnePackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.github.pekkoeventhubs.threads..")
          .should()
          .accessTargetWhere(
              DescribedPredicate.<JavaAccess<?>>describe(
                  "take a thread or a timer from elsewhere", SeedableOrderTest::takesThread));

  private static boolean takesThread(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    return OWNERS_WITH_THREADS.contains(owner.getFullName())
        || (owner.isEquivalentTo(Thread.class) && name.equals("<init>"))
        || (owner.isAssignableTo(CompletionStage.class)
            && (TIMES_OF_THE_JDK.contains(name)
                || (access instanceof JavaCodeUnitAccess<?> call && isOnTheCommonPool(call))));
  }

  private static boolean isOnTheCommonPool(JavaCodeUnitAccess<?> call) {
    return call.getName().endsWith("Async")
        && call.getTarget().getRawParameterTypes().stream()
            .noneMatch(parameter -> parameter.isEquivalentTo(Executor.class));
  }
}
