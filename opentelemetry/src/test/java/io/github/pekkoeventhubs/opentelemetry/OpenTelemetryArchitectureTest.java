// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The spans are made of what the connector tells, with the API of OpenTelemetry alone. */
@AnalyzeClasses(
    packages = "io.github.pekkoeventhubs.opentelemetry",
    importOptions = ImportOption.DoNotIncludeTests.class)
class OpenTelemetryArchitectureTest {

  private static final String CONNECTOR = "io.github.pekkoeventhubs";

  @ArchTest
  static final ArchRule onlyTheApisAreUsedAndWhatIsToldOfStreams =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              CONNECTOR,
              CONNECTOR + ".tracing",
              CONNECTOR + ".opentelemetry",
              "java..",
              "com.azure.core.util.tracing",
              "com.azure.messaging.eventhubs",
              "com.azure.messaging.eventhubs.models",
              "io.opentelemetry.api..",
              "io.opentelemetry.context..",
              "org.apache.pekko.actor",
              "org.apache.pekko.japi.function",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule oneClassIsTheApi =
      classes().that().arePublic().should().haveSimpleName(EventHubsTracing.class.getSimpleName());

  @ArchTest static final ArchRule nobodyPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
}
