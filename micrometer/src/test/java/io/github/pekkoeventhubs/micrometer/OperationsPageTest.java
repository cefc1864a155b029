// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.LivenessCheck;
import io.github.pekkoeventhubs.ReadinessCheck;
import io.github.pekkoeventhubs.StartupCheck;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about operations and its alerts name what there is. */
class OperationsPageTest {

  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)\\{([^}]*)}");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
  private static final Pattern NAME = Pattern.compile("\\b(?:pekko_eventhubs|messaging)_[a-z_]+");

  private final String scraped = scrape();

  private static String scrape() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new StreamsMeters(registry, ExampleStreams::all, System::nanoTime, () -> ExampleStreams.NOW)
        .refresh();
    return registry.scrape();
  }

  private static Stream<MeterSpecification<?>> specifications() {
    return Stream.of(
            PartitionMeters.all(() -> ExampleStreams.NOW),
            GroupView.meters(),
            ProducerMeters.all(),
            FailureMeters.all())
        .flatMap(List::stream);
  }

  private Set<String> samples() {
    return SAMPLE.matcher(scraped).results().map(result -> result.group(1)).collect(inOrder());
  }

  private Set<String> labels() {
    return SAMPLE
        .matcher(scraped)
        .results()
        .flatMap(sample -> LABEL.matcher(sample.group(2)).results())
        .map(label -> label.group(1))
        .collect(inOrder());
  }

  private static java.util.stream.Collector<String, ?, Set<String>> inOrder() {
    return Collectors.toCollection(TreeSet::new);
  }

  @Test
  void theTablesNameEachMeterWithItsTypeItsUnitAndItsTags() {
    Set<String> documented =
        OperationsPage.meters().stream()
            .map(row -> row.name() + " " + row.type() + " " + row.unit())
            .collect(inOrder());
    Set<String> existing =
        specifications()
            .map(
                specification ->
                    specification.name()
                        + " "
                        + specification.kind().name().toLowerCase(Locale.ROOT)
                        + " "
                        + (specification.unit() == null ? "" : specification.unit()))
            .collect(inOrder());

    assertThat(documented).isEqualTo(existing);
    assertThat(OperationsPage.meters()).allSatisfy(row -> assertThat(row.meaning()).isNotEmpty());
  }

  @Test
  void thePageTellsHowManyMetersEachThingHas() {
    assertThat(OperationsPage.text())
        .contains(
            "A partition has %d meters, a consumer group %d, and an\nevent hub that is sent to %d,"
                .formatted(
                    PartitionMeters.all(() -> ExampleStreams.NOW).size(),
                    GroupView.meters().size(),
                    ProducerMeters.all().size()));
  }

  @Test
  void theTablesNameTheTagsThatAMeterHasOfItsOwn() {
    specifications()
        .forEach(
            specification -> {
              String documented =
                  OperationsPage.meters().stream()
                      .filter(row -> row.name().equals(specification.name()))
                      .map(OperationsPage.Row::tags)
                      .collect(Collectors.joining(" "));
              specification.tags().stream()
                  .filter(tag -> !tag.getValue().isEmpty())
                  .forEach(
                      tag ->
                          assertThat(documented)
                              .as("tags of " + specification.name())
                              .contains(tag.getKey()));
            });
  }

  @Test
  void eachAlertAsksForMetricsThatPrometheusGets() {
    String alerts = OperationsPage.read(OperationsPage.alerts());
    Set<String> known = samples();
    Set<String> labels = labels();
    List<String> rules = Arrays.stream(alerts.split("(?m)^ +- alert: ")).skip(1).toList();

    assertThat(known).hasSizeGreaterThan(25);
    assertThat(rules).hasSizeGreaterThanOrEqualTo(8);
    for (String rule : rules) {
      Set<String> names = NAME.matcher(rule).results().map(MatchResult::group).collect(inOrder());
      names.removeAll(labels);
      assertThat(names).as("metrics of " + rule).isNotEmpty().isSubsetOf(known);
      assertThat(rule).contains("severity:").contains("summary:").contains("description:");
      assertThat(rule.lines().findFirst().orElseThrow().strip())
          .as("the page explains each alert")
          .satisfies(name -> assertThat(OperationsPage.text()).contains("`" + name + "`"));
    }
  }

  @Test
  void thePanelsOfTheDashboardAskForMetricsThatPrometheusGets() {
    String dashboard = OperationsPage.read(OperationsPage.dashboard());
    Set<String> names =
        NAME.matcher(dashboard).results().map(MatchResult::group).collect(inOrder());
    names.removeAll(labels());

    assertThat(names).hasSizeGreaterThan(25).isSubsetOf(samples());
  }

  @Test
  void theLabelsOfTheAlertsExist() {
    String alerts = OperationsPage.read(OperationsPage.alerts());
    Set<String> used =
        Pattern.compile("by \\(([^)]*)\\)|\\$labels\\.([a-z_]+)|\\{([a-z_]+)=")
            .matcher(alerts)
            .results()
            .flatMap(
                found ->
                    Stream.of(found.group(1), found.group(2), found.group(3))
                        .filter(group -> group != null)
                        .flatMap(group -> Arrays.stream(group.split(",\\s*"))))
            .collect(inOrder());

    assertThat(used).hasSizeGreaterThan(3);
    used.remove("instance");
    assertThat(labels()).containsAll(used);
  }

  @Test
  void theConfigurationNamesTheChecksThatExist() {
    var checks =
        OperationsPage.configuration("management").getConfig("pekko.management.health-checks");

    assertThat(
            checks.getConfig("readiness-checks").entrySet().stream()
                .map(entry -> (String) entry.getValue().unwrapped()))
        .containsExactlyInAnyOrder(ReadinessCheck.class.getName(), StartupCheck.class.getName());
    assertThat(
            checks.getConfig("liveness-checks").entrySet().stream()
                .map(entry -> (String) entry.getValue().unwrapped()))
        .containsExactly(LivenessCheck.class.getName());
  }
}
