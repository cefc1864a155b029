// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code in the guide to testing is code that runs here. */
class TestingGuideTest {

  private static final Path GUIDE = Path.of("..", "docs", "testing.md");
  private static final Path TESTS = Path.of("src/test/java/io/github/pekkoeventhubs/samples");
  private static final Pattern SHOWN =
      Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMPILED =
      Pattern.compile(" *// snippet: (\\w+)\n(.*?) *// end", Pattern.DOTALL);

  @Test
  void showsTheTourThatRuns() throws IOException {
    Map<String, String> shown = snippets(Files.readString(GUIDE), SHOWN);
    Map<String, String> compiled = new TreeMap<>();
    for (String test :
        List.of("TestkitTourTest.java", "VirtualTimeTest.java", "AuditedSamplesTest.java")) {
      compiled.putAll(snippets(Files.readString(TESTS.resolve(test)), COMPILED));
    }

    assertThat(shown.keySet()).containsAll(compiled.keySet());
    assertThat(shown).containsAllEntriesOf(compiled);
  }

  @Test
  void showsAWholeTestClassOfLessThanFortyLines() throws IOException {
    String source = Files.readString(TESTS.resolve("BillingTest.java"));
    String body = source.substring(source.indexOf("class BillingTest"));

    assertThat(source.lines()).hasSizeLessThan(40);
    assertThat(Files.readString(GUIDE)).contains("```java\n" + body + "```");
  }

  @Test
  void namesTheVersionsThatTheseTestsRunWith() throws IOException {
    String pom = Files.readString(Path.of("..", "pom.xml"));
    String guide = Files.readString(GUIDE);

    for (String property : List.of("pekko.version", "pekko.stream-testkit.version")) {
      Matcher version = Pattern.compile("<" + property + ">(.*?)<").matcher(pom);
      assertThat(version.find()).as(property).isTrue();
      assertThat(guide).contains("<version>" + version.group(1) + "</version>");
    }
    assertThat(guide).contains("pekko.fail-mixed-versions = off");
  }

  private static Map<String, String> snippets(String text, Pattern pattern) {
    Map<String, String> snippets = new TreeMap<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      snippets.put(matcher.group(1), matcher.group(2).stripTrailing().stripIndent());
    }
    return snippets;
  }
}
