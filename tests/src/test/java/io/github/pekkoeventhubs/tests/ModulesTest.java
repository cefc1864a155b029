// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which module holds what, found in the source files of all of them. */
class ModulesTest {

  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();

  /** The API names these two among the testkit, although they belong to the emulators. */
  private static final Map<String, Set<String>> SHARED_PACKAGES =
      Map.of("io.github.pekkoeventhubs.testkit", Set.of("emulator", "testkit"));

  /** Names that a protocol and the API each have for a thing of their own. */
  private static final Set<String> NAMES_OF_TWO_THINGS = Set.of("Subscription", "package-info");

  private record Source(String module, Path file, String text) {

    String name() {
      return file.getFileName().toString().replace(".java", "");
    }

    String packageName() {
      return text.lines()
          .filter(line -> line.startsWith("package "))
          .map(line -> line.substring("package ".length(), line.indexOf(';')))
          .findFirst()
          .orElse("");
    }

    List<String> imports() {
      return text.lines()
          .filter(line -> line.startsWith("import "))
          .map(line -> line.replaceAll("import (static )?|;", ""))
          .toList();
    }

    boolean isMain() {
      return file.toString().contains("/src/main/java/");
    }
  }

  private static final List<Source> SOURCES = sources();

  private static List<Source> sources() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .map(folder -> folder.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(ModulesTest::sourcesBelow)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Source> sourcesBelow(Path folder) {
    String module = folder.getParent().getFileName().toString();
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().matches(".*/src/(main|test)/java/.*\\.java"))
          .map(file -> new Source(module, file, read(file)))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void eachPackageBelongsToOneModule() {
    Map<String, Set<String>> modules = new TreeMap<>();
    SOURCES.forEach(
        source ->
            modules
                .computeIfAbsent(source.packageName(), absent -> new TreeSet<>())
                .add(source.module()));

    assertThat(modules).hasSizeGreaterThan(20);
    modules.values().removeIf(owners -> owners.size() == 1);
    assertThat(modules).isEqualTo(SHARED_PACKAGES);
  }

  @Test
  void theEmulatorsKnowNothingOfTheConnectorAndOfPekko() throws IOException {
    List<String> unwanted =
        SOURCES.stream()
            .filter(source -> source.module().equals("emulator"))
            .flatMap(source -> source.imports().stream())
            .filter(
                name ->
                    name.startsWith("org.apache.pekko.")
                        || name.matches(
                            "io\\.github\\.pekkoeventhubs\\.(?!emulator\\.|testkit\\.|page\\.).*"))
            .toList();

    assertThat(unwanted).isEmpty();
    assertThat(Files.readString(ROOT.resolve("emulator/pom.xml")))
        .doesNotContain("<artifactId>pekko-eventhubs</artifactId>")
        .doesNotContain("<artifactId>pekko-eventhubs-testkit</artifactId>")
        .doesNotContain("<groupId>org.apache.pekko</groupId>");
  }

  @Test
  void theConnectorKnowsTheEmulatorsInItsTestsOnly() {
    assertThat(
            SOURCES.stream()
                .filter(source -> source.module().equals("connector") && source.isMain())
                .flatMap(source -> source.imports().stream())
                .filter(
                    name -> name.matches("io\\.github\\.pekkoeventhubs\\.(emulator|testkit)\\..*")))
        .isEmpty();
  }

  /** Code that two modules need, such as the start of a process, is written once and shared. */
  @Test
  void eachNameMeansOneThing() {
    Map<String, Set<String>> modules =
        SOURCES.stream()
            .filter(source -> !source.name().matches(".*(Test|IT)"))
            .filter(source -> !NAMES_OF_TWO_THINGS.contains(source.name()))
            .collect(
                Collectors.groupingBy(
                    Source::name,
                    TreeMap::new,
                    Collectors.mapping(
                        source -> ROOT.relativize(source.file()).toString(), Collectors.toSet())));

    modules.values().removeIf(files -> files.size() == 1);
    assertThat(modules).isEmpty();
  }
}
