// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** The meters are made of what the connector shows to everybody. */
@AnalyzeClasses(
    packages = "io.github.pekkoeventhubs.micrometer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class MicrometerArchitectureTest {

  private static final String CONNECTOR = "io.github.pekkoeventhubs";

  @ArchTest
  static final ArchRule onlyTheApiOfTheConnectorIsUsedAndItsThreads =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              CONNECTOR,
              CONNECTOR + ".threads",
              CONNECTOR + ".micrometer",
              "java..",
              "io.micrometer.core.instrument..",
              "org.apache.pekko.actor",
              "org.slf4j",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule oneClassIsTheApi =
      classes().that().arePublic().should().haveSimpleName(EventHubsMetrics.class.getSimpleName());

  @ArchTest
  static final ArchRule timeIsGiven =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest static final ArchRule nobodyPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
}
