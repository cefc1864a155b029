// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.slf4j.Logger;

/** Which package may know which: the DSL on top, the vocabulary at the bottom. */
@AnalyzeClasses(
    packages = "io.github.pekkoeventhubs",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NotTheEmulator.class})
class ArchitectureTest {

  /** The tests use the emulator and its page, which are built beside the connector or are jars. */
  static final class NotTheEmulator implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/emulator/target/")
          && !location.contains("/pekko-eventhubs-emulator/")
          && !location.contains("/page/target/")
          && !location.contains("/pekko-eventhubs-page/");
    }
  }

  private static final String ROOT = "io.github.pekkoeventhubs";
  private static final String DSL = ROOT + ".javadsl..";
  private static final String[] STAGES = {
    ROOT + ".receive..", ROOT + ".commit..", ROOT + ".produce.."
  };
  private static final String[] ABOVE_THE_FOUNDATION = {
    DSL, ROOT + ".receive..", ROOT + ".commit..", ROOT + ".produce..",
  };

  @ArchTest
  static final ArchRule nobodyKnowsTheDsl =
      noClasses()
          .that()
          .resideOutsideOfPackage(DSL)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DSL);

  @ArchTest
  static final ArchRule onlyTheDslKnowsTheStages =
      noClasses()
          .that()
          .resideOutsideOfPackages(ABOVE_THE_FOUNDATION)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(STAGES);

  @ArchTest
  static final ArchRule theVocabularyKnowsNothingButTheBlobLayout =
      noClasses()
          .that()
          .resideInAPackage(ROOT)
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(
                              ROOT,
                              ROOT + ".blob..",
                              ROOT + ".threads..",
                              ROOT + ".failure..",
                              ROOT + ".tracing..",
                              ROOT + ".accesstoken.."))));

  private static final String[] PLACEMENTS = {
    ROOT + ".sharded..", ROOT + ".balanced..", ROOT + ".group.."
  };

  @ArchTest
  static final ArchRule anOwnerDoesNotKnowByWhichRuleItWasPlaced =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".ownership..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PLACEMENTS);

  @ArchTest
  static final ArchRule blobsKnowNothingOfWhatIsStoredInThem =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".blob..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(
                              ROOT + ".blob..",
                              ROOT + ".threads..",
                              ROOT + ".failure..",
                              ROOT + ".accesstoken.."))));

  @ArchTest
  static final ArchRule packagesFormNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule whatIsPublicBesidesTheApiSaysThatItIsNotPartOfIt =
      classes()
          .that()
          .resideOutsideOfPackages(ROOT, DSL)
          .and()
          .arePublic()
          .and()
          .areNotMemberClasses()
          .and()
          // Pekko makes these by their names, which users write into their configuration.
          .areNotAssignableTo(Lease.class)
          .should()
          .beAnnotatedWith(InternalApi.class);

  @ArchTest
  static final ArchRule theApiSpeaksJava =
      codeUnits()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAnyPackage(ROOT, DSL)
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should(involveNoTypesOf("scala..", "reactor.."));

  private static ArchCondition<JavaCodeUnit> involveNoTypesOf(String... packages) {
    return new ArchCondition<>("involve no types of " + String.join(" or ", packages)) {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        if (unit.getModifiers().contains(JavaModifier.SYNTHETIC)) {
          return;
        }
        unit.getAllInvolvedRawTypes().stream()
            .filter(resideInAnyPackage(packages))
            .forEach(
                type ->
                    events.add(violated(unit, unit.getFullName() + " names " + type.getName())));
      }
    };
  }

  @ArchTest
  static final ArchRule timeIsToldByJavaTime =
      noClasses().should().dependOnClassesThat().areAssignableTo(Date.class);

  /**
   * Claims and leases go by the service's clock and by the monotonic one: a node whose wall clock
   * is wrong owns, loses and hands over like any other.
   */
  @ArchTest
  static final ArchRule ownershipReadsNoWallClock =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + ".ownership..",
              ROOT + ".sharded..",
              ROOT + ".balanced..",
              ROOT + ".group..",
              ROOT + ".lease..",
              ROOT + ".store..",
              ROOT + ".blob..",
              ROOT + ".commit..",
              ROOT + ".acknowledgement..",
              ROOT + ".receive..")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class);

  /** They log for the process or for a store, and know no partition where they do. */
  private static final DescribedPredicate<JavaAccess<?>> OF_NO_STREAM =
      DescribedPredicate.describe(
          "a line about no stream",
          access -> {
            String owner = access.getOriginOwner().getSimpleName();
            return Set.of("HealthCheck", "GivenBlobClient", "BlobStoreAnswers", "TracingFailures")
                    .contains(owner)
                || (owner.equals("ProcessorPartitionStore")
                    && access.getOrigin().getName().equals(JavaConstructor.CONSTRUCTOR_NAME));
          });

  /** So that each line has the names of what it is about in the diagnostic context. */
  @ArchTest
  static final ArchRule everyLineGoesThroughTheKeyedLog =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".log..")
          .should()
          .accessTargetWhere(
              DescribedPredicate.<JavaAccess<?>>describe(
                      "a logger logs",
                      access -> access.getTargetOwner().isAssignableTo(Logger.class))
                  .and(DescribedPredicate.not(OF_NO_STREAM)));

  @ArchTest
  static final ArchRule noLineAboutNoStreamIsOfAClassThatKnowsAPartition =
      noClasses()
          .that()
          .haveSimpleName("HealthCheck")
          .or()
          .haveSimpleName("GivenBlobClient")
          .or()
          .haveSimpleName("BlobStoreAnswers")
          .or()
          .haveSimpleName("TracingFailures")
          .should()
          .dependOnClassesThat(
              name(EventHubPartition.class.getName()).or(name(PartitionEpoch.class.getName())));

  @ArchTest static final ArchRule nobodyPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses().should().callMethodWhere(JavaCall.Predicates.target(name("sleep")));
}
