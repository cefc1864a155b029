// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.ErrorStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Lines of build files and of logging that a page shows. */
final class DocumentedBuild {

  private static final String POM = Block.read(Block.ROOT.resolve("pom.xml"));
  private static final String GROUP = "io.github.pekko-eventhubs";

  /** The property of the parent POM that has the version of the modules of a group. */
  private static final Map<String, String> VERSIONS =
      Map.of(
          "org.apache.pekko", "pekko.version",
          "com.typesafe.akka", "akka.version",
          "ch.qos.logback", "logback.version",
          "com.azure", "azure-messaging-eventhubs.version");

  private static final Pattern COORDINATES =
      Pattern.compile("\"([a-z.-]+)(?:\"\\s*%%?\\s*\"|:)([\\w.-]+)(?:\"\\s*%\\s*\"|:)([\\w.-]+)\"");

  private DocumentedBuild() {}

  static void checkXml(String text) {
    Document document = parsed("<shown>" + text.replaceFirst("^<\\?xml.*?\\?>", "") + "</shown>");
    NodeList dependencies = document.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      checkDependency(
          text(dependency, "groupId"), text(dependency, "artifactId"), text(dependency, "version"));
    }
    int loggers = document.getElementsByTagName("logger").getLength();
    if (loggers > 0) {
      loadLoggers(text, document);
    }
    assertThat(
            loggers
                + dependencies.getLength()
                + document.getElementsByTagName("plugin").getLength())
        .as("a dependency, a plugin or a logger is shown")
        .isPositive();
  }

  /** Lines of Gradle or sbt, which name an artifact in one text, or in three. */
  static void checkCoordinates(String text) {
    assertThat(COORDINATES.matcher(text).results().toList())
        .as("names an artifact")
        .isNotEmpty()
        .allSatisfy(
            (MatchResult found) -> checkDependency(found.group(1), found.group(2), found.group(3)));
  }

  private static void checkDependency(String group, String artifact, String version) {
    if (group.equals(GROUP)) {
      String module =
          switch (artifact) {
            case "pekko-eventhubs" -> "connector";
            case "akka-eventhubs" -> "connector-akka";
            default -> artifact.replace("pekko-eventhubs-", "");
          };
      assertThat(Files.exists(Block.ROOT.resolve(module).resolve("pom.xml"))).as(artifact).isTrue();
    }
    if (version.isEmpty() || version.startsWith("${")) {
      return;
    }
    String expected =
        group.equals(GROUP) ? projectVersion() : property(VERSIONS.getOrDefault(group, ""));
    if (artifact.startsWith("pekko-stream-testkit")) {
      expected = property("pekko.stream-testkit.version");
    } else if (artifact.startsWith("pekko-projection")) {
      expected = property("pekko-projection.version");
    } else if (artifact.endsWith("_3")) {
      // The newest for Scala 3 that is published, with which CI runs a user's project.
      expected = "1.2.1";
    }
    assertThat(version).as("version of %s:%s", group, artifact).isEqualTo(expected);
  }

  static String property(String name) {
    return first("<" + Pattern.quote(name) + ">(.*?)<");
  }

  static String projectVersion() {
    return first("<artifactId>pekko-eventhubs-parent</artifactId>\\s*<version>(.*?)<");
  }

  private static String first(String pattern) {
    return Pattern.compile(pattern)
        .matcher(POM)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("pom.xml has nothing like " + pattern));
  }

  private static void loadLoggers(String text, Document document) {
    NodeList loggers = document.getElementsByTagName("logger");
    LoggerContext context = new LoggerContext();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    String file =
        text.startsWith("<configuration>") ? text : "<configuration>" + text + "</configuration>";
    try {
      configurator.doConfigure(new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)));
    } catch (JoranException e) {
      throw new AssertionError(e);
    }
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .noneMatch(status -> status instanceof ErrorStatus);
    for (int i = 0; i < loggers.getLength(); i++) {
      Element logger = (Element) loggers.item(i);
      assertThat(context.getLogger(logger.getAttribute("name")).getLevel())
          .hasToString(logger.getAttribute("level"));
    }
  }

  private static Document parsed(String xml) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new AssertionError("is not well-formed", e);
    }
  }

  private static String text(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }
}
