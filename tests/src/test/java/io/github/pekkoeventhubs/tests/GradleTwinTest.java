// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The user's project for Gradle, which is shown only, has what CI builds with Maven. */
class GradleTwinTest {

  private static final Path PROJECT = Path.of("..", "consumer-check");
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>"
              + "\\s*(?:<version>([^<]+)</version>)?");
  private static final Pattern PROPERTY = Pattern.compile("<([a-z.-]+)>([^<>]+)</\\1>");
  private static final Pattern IN_GRADLE =
      Pattern.compile("(?:mplementation)\\((?:platform\\()?\"([^\"]+)\"");

  @Test
  void hasTheDependenciesOfTheProjectForMaven() throws IOException {
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    String common = pom.substring(0, pom.indexOf("<profiles>"));
    String scala213 =
        pom.substring(pom.indexOf("<id>scala-2.13</id>"), pom.indexOf("scala-3</id>"));
    Map<String, String> properties = new TreeMap<>();
    Matcher property = PROPERTY.matcher(common);
    while (property.find()) {
      properties.putIfAbsent(property.group(1), property.group(2));
    }
    // Given on the command line there.
    properties.put("pekko-eventhubs.version", version());

    TreeSet<String> expected = new TreeSet<>();
    Matcher dependency = DEPENDENCY.matcher(common + scala213);
    while (dependency.find()) {
      String version = dependency.group(3);
      if (version != null && version.startsWith("${")) {
        version = properties.get(version.substring(2, version.length() - 1));
      }
      expected.add(
          dependency.group(1) + ":" + dependency.group(2) + (version == null ? "" : ":" + version));
    }

    assertThat(expected).hasSize(9);
    assertThat(
            IN_GRADLE
                .matcher(Files.readString(PROJECT.resolve("build.gradle.kts")))
                .results()
                .map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String version() throws IOException {
    Matcher found =
        Pattern.compile("<version>(.*)</version>")
            .matcher(Files.readString(Path.of("..", "pom.xml")));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }
}
