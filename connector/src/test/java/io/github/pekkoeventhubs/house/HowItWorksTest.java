// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about the inside of the connector names what there is. */
class HowItWorksTest {

  private static final Path PAGE = Repository.root().resolve("docs/how-it-works.md");
  private static final Path PICTURE = Repository.root().resolve("docs/images/how-it-works.svg");
  private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]\\w+)`");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z]+)` \\|");
  private static final String ROOT = "io.github.pekkoeventhubs";

  private final List<SourceFile> connector =
      SourceFile.parse(
          Repository.javaFiles("src/main/java").stream()
              .filter(path -> path.startsWith(Repository.root().resolve("connector")))
              .toList());

  @Test
  void eachClassThatThePageNamesExists() {
    Set<String> classes =
        connector.stream().map(SourceFile::typeName).collect(Collectors.toCollection(TreeSet::new));
    Set<String> named = named(CLASS);

    assertThat(named).hasSizeGreaterThan(50);
    assertThat(named).isSubsetOf(classes);
  }

  @Test
  void eachPackageHasARowOfThePageAndAPlaceInThePicture() {
    Set<String> packages = usesByPackage().keySet();

    assertThat(named(ROW)).isEqualTo(packages);
    assertThat(PackagePicture.packages()).isEqualTo(packages);
  }

  /** {@code -Dpicture.write=true} draws it anew. */
  @Test
  void thePictureShowsTheImportsOfTheSources() throws IOException {
    String drawn = PackagePicture.of(usesByPackage());
    if (Boolean.getBoolean("picture.write")) {
      Files.writeString(PICTURE, drawn);
    }

    assertThat(Repository.read(PICTURE))
        .as("run this test with -Dpicture.write=true to draw the picture anew")
        .isEqualTo(drawn);
  }

  private static Set<String> named(Pattern pattern) {
    return pattern
        .matcher(Repository.read(PAGE))
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The packages below the vocabulary, and which of them each one imports from. */
  private Map<String, Set<String>> usesByPackage() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (SourceFile file : connector) {
      String name = below(file.packageName());
      if (name.isEmpty()) {
        continue;
      }
      Set<String> used = uses.computeIfAbsent(name, key -> new TreeSet<>());
      file.imports().stream()
          .filter(imported -> imported.startsWith(ROOT + "."))
          .map(HowItWorksTest::below)
          .filter(other -> !other.isEmpty() && !other.equals(name))
          .forEach(used::add);
    }
    return uses;
  }

  /** The part of a name below the root package that begins in lower case: a package. */
  private static String below(String qualifiedName) {
    String rest = qualifiedName.substring(Math.min(qualifiedName.length(), ROOT.length() + 1));
    String first = rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
    return first.isEmpty() || Character.isUpperCase(first.charAt(0)) ? "" : first;
  }
}
