// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingInt;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rules of CONTRIBUTING.md about sizes and circles, held over the sources of all modules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseRulesTest {

  private static final int MAIN_FILE_LINES = 400;
  private static final int TEST_FILE_LINES = 600;
  private static final int METHOD_LINES = 60;

  private static final Set<String> TEST_ANNOTATIONS =
      Set.of(
          "org.junit.jupiter.api.Test",
          "org.junit.jupiter.api.RepeatedTest",
          "org.junit.jupiter.api.TestFactory",
          "org.junit.jupiter.params.ParameterizedTest",
          "net.jqwik.api.Property",
          "net.jqwik.api.Example");

  private List<SourceFile> main = List.of();
  private List<SourceFile> tests = List.of();

  @BeforeAll
  void parseAllModules() {
    main = parse("src/main/java");
    tests = parse("src/test/java");
    assertThat(main).hasSizeGreaterThan(300);
    assertThat(tests).hasSizeGreaterThan(150);
  }

  @Test
  void noMainFileIsLongerThan400Lines() {
    assertThat(tooLong(main, MAIN_FILE_LINES)).isEmpty();
  }

  @Test
  void noTestFileIsLongerThan600Lines() {
    assertThat(tooLong(tests, TEST_FILE_LINES)).isEmpty();
  }

  @Test
  void noMethodOfTheMainSourcesIsLongerThan60Lines() {
    List<String> found = new ArrayList<>();
    for (SourceFile file : main) {
      for (SourceFile.Method method : file.methods()) {
        if (method.lines() > METHOD_LINES) {
          found.add(
              "%s.%s (line %d) has %d lines"
                  .formatted(file.typeName(), method.name(), method.line(), method.lines()));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void filesFormNoCirclesBeyondASealedTypeOrAnInterfaceWithAFactory() {
    Map<String, List<SourceFile>> byModule = main.stream().collect(groupingBy(this::module));
    List<String> found = new ArrayList<>();
    byModule.forEach(
        (module, files) ->
            FileCircles.among(files).stream()
                .filter(circle -> !isSealedTypeWithItsCases(circle, files))
                .filter(circle -> !isInterfaceWithWhatItsFactoryMakes(circle, files))
                .forEach(circle -> found.add(module + ": " + circle)));
    assertThat(found).isEmpty();
  }

  @Test
  void noPackageBelowTheApiHoldsMoreThan16PercentOfTheConnector() {
    Map<String, Integer> lines =
        main.stream()
            .filter(file -> module(file).equals("connector"))
            .collect(groupingBy(SourceFile::packageName, summingInt(SourceFile::lines)));
    int all = lines.values().stream().mapToInt(Integer::intValue).sum();

    assertThat(lines).hasSizeGreaterThan(10);
    assertThat(lines.entrySet())
        .filteredOn(entry -> !entry.getKey().equals("io.github.pekkoeventhubs"))
        .allSatisfy(
            entry ->
                assertThat(100.0 * entry.getValue() / all)
                    .as("share of the package %s in percent", entry.getKey())
                    .isLessThanOrEqualTo(16));
  }

  /** The build runs test classes by their names: one of another name is compiled and never run. */
  @Test
  void everyClassWithTestsHasANameByWhichTheBuildRunsIt() {
    assertThat(tests)
        .filteredOn(file -> file.imports().stream().anyMatch(TEST_ANNOTATIONS::contains))
        .hasSizeGreaterThan(150)
        .filteredOn(file -> !file.typeName().endsWith("Test") && !file.typeName().endsWith("IT"))
        .extracting(SourceFile::typeName)
        .filteredOn(name -> !isAbstract(name))
        .isEmpty();
  }

  private boolean isAbstract(String typeName) {
    return tests.stream()
        .filter(file -> file.typeName().equals(typeName))
        .allMatch(file -> Repository.read(file.path()).contains("abstract class " + typeName));
  }

  @Test
  void aCircleOfTwoFilesIsFound() {
    SourceFile one = file("One", Set.of("Two"));
    SourceFile two = file("Two", Set.of("One", "Three"));
    SourceFile three = file("Three", Set.of("String"));

    assertThat(FileCircles.among(List.of(one, two, three)))
        .containsExactly(Set.of("p.One", "p.Two"));
  }

  private static SourceFile file(String type, Set<String> names) {
    return new SourceFile(
        Path.of(type + ".java"), "p", 1, List.of(), names, Set.of(), false, Set.of(), Set.of());
  }

  /** A sealed type names its cases, and each case names the type that it belongs to. */
  private static boolean isSealedTypeWithItsCases(Set<String> circle, List<SourceFile> files) {
    List<SourceFile> members =
        files.stream().filter(file -> circle.contains(file.qualifiedName())).toList();
    return members.stream()
        .filter(SourceFile::hasSealedType)
        .anyMatch(
            type ->
                members.stream()
                    .filter(Predicate.not(type::equals))
                    .allMatch(member -> member.superTypes().contains(type.typeName())));
  }

  /**
   * The static factory of an interface names the implementation that it makes, and this implements
   * the interface. A user finds the factory where the type is; only reflection could avoid the
   * circle. The circle may hold nothing else.
   */
  private static boolean isInterfaceWithWhatItsFactoryMakes(
      Set<String> circle, List<SourceFile> files) {
    List<SourceFile> members =
        files.stream().filter(file -> circle.contains(file.qualifiedName())).toList();
    return members.size() == 2
        && members.stream()
            .anyMatch(
                type ->
                    members.stream()
                        .filter(Predicate.not(type::equals))
                        .allMatch(
                            made ->
                                type.factoryTypes().contains(made.typeName())
                                    && made.superTypes().contains(type.typeName())));
  }

  private List<String> tooLong(List<SourceFile> files, int limit) {
    return files.stream()
        .filter(file -> file.lines() > limit)
        .map(file -> "%s (%s) has %d lines".formatted(file.typeName(), module(file), file.lines()))
        .toList();
  }

  private String module(SourceFile file) {
    return Repository.root().relativize(file.path()).getName(0).toString();
  }

  private static List<SourceFile> parse(String sourceRoot) {
    return SourceFile.parse(
        Repository.javaFiles(sourceRoot).stream()
            .filter(file -> !file.endsWith("package-info.java"))
            .toList());
  }
}
