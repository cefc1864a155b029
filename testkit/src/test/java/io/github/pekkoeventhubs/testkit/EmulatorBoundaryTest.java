// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The emulators' classes for tests are in the package of the testkit, but in another module: the
 * testkit uses only what is public there.
 */
class EmulatorBoundaryTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.github.pekkoeventhubs.testkit");

  private static final List<JavaClass> TESTKIT =
      CLASSES.stream().filter(type -> !isOfTheEmulators(type)).toList();

  private static boolean isOfTheEmulators(JavaClass type) {
    return type.getSource()
        .map(
            source ->
                source
                    .getUri()
                    .toString()
                    .matches(".*/(emulator/target|pekko-eventhubs-emulator)/.*"))
        .orElse(false);
  }

  @Test
  void bothModulesAreLookedAt() {
    assertThat(CLASSES.stream().filter(EmulatorBoundaryTest::isOfTheEmulators))
        .extracting(JavaClass::getSimpleName)
        .contains("EventHubsEmulator", "BlobEmulator");
    assertThat(TESTKIT)
        .extracting(JavaClass::getSimpleName)
        .contains("EventHubsExtension", "RecordingCommitter")
        .doesNotContain("EventHubsEmulator");
  }

  @Test
  void theTestkitUsesOnlyWhatIsPublicInTheEmulators() {
    Stream<String> types =
        TESTKIT.stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(use -> isOfTheEmulators(use.getTargetClass()))
            .filter(use -> !use.getTargetClass().getModifiers().contains(JavaModifier.PUBLIC))
            .map(Object::toString);
    Stream<String> members =
        TESTKIT.stream()
            .flatMap(type -> type.getAccessesFromSelf().stream())
            .filter(use -> isOfTheEmulators(use.getTargetOwner()))
            .filter(use -> use.getTarget().resolveMember().map(this::isHidden).orElse(false))
            .map(Object::toString);

    assertThat(Stream.concat(types, members)).isEmpty();
  }

  private boolean isHidden(JavaMember member) {
    return !member.getModifiers().contains(JavaModifier.PUBLIC);
  }
}
