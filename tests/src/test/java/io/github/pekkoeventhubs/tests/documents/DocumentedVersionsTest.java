// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the texts say about a version of a dependency is said about the version that the build has:
 * a newer one is a reason to look at those places again.
 */
class DocumentedVersionsTest {

  @ParameterizedTest
  @CsvSource({
    "azure-messaging-eventhubs.version, 5\\.21\\.\\d+",
    "azure-core-amqp.version, (?<=azure-core-amqp`? )\\d+\\.\\d+\\.\\d+"
  })
  void nameTheVersionOfTheBuild(String property, String pattern) {
    Map<String, String> texts = RepositorySources.ending(".java").files();
    Block.pages().stream()
        .filter(page -> !page.endsWith("CHANGELOG.md"))
        .forEach(page -> texts.put(page.toString(), Block.read(page)));

    List<String> found = new ArrayList<>();
    texts.forEach(
        (file, text) ->
            Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .filter(version -> !version.equals(DocumentedBuild.property(property)))
                .forEach(version -> found.add(file + " names " + version)));

    assertThat(found).isEmpty();
  }
}
