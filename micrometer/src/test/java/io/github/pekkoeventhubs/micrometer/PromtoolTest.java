// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own tool reads the alerts, and lets them fire on series that it is given. */
class PromtoolTest {

  private static Optional<Path> promtool() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String run(String... arguments) throws Exception {
    return runWith("", arguments);
  }

  private static String runWith(String standardInput, String... arguments) throws Exception {
    Optional<Path> tool = promtool();
    assumeTrue(tool.isPresent(), "promtool is not installed");
    Process process =
        new ProcessBuilder(tool.orElseThrow().toString())
            .command(
                Stream.concat(Stream.of(tool.orElseThrow().toString()), Arrays.stream(arguments))
                    .toList())
            .redirectErrorStream(true)
            .start();
    try (OutputStream input = process.getOutputStream()) {
      input.write(standardInput.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  @Test
  void prometheusReadsWhatARegistryShowsAndHasNothingToSayAgainstIt() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new StreamsMeters(registry, ExampleStreams::all, System::nanoTime, () -> ExampleStreams.NOW)
        .refresh();

    assertThat(runWith(registry.scrape(), "check", "metrics")).isEmpty();
  }

  @Test
  void theRulesAreValid() throws Exception {
    assertThat(run("check", "rules", OperationsPage.alerts().toString())).contains("SUCCESS");
  }

  @Test
  void theRuleOfThePageForAGroupThatMustAlwaysRunFiresWithoutAnySeries(@TempDir Path folder)
      throws Exception {
    Path rules = folder.resolve("rules.yml");
    Files.writeString(
        rules,
        "groups:\n  - name: page\n    rules:\n" + OperationsPage.snippet("absent").indent(6));
    Path tests =
        Files.writeString(
            folder.resolve("tests.yml"),
            """
            rule_files: [rules.yml]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - series: 'pekko_eventhubs_consumer_started{instance="node-1",%s}'
                    values: '_x10 0x4 1x10 stale'
                alert_rule_test:
                  - { eval_time: 4m, alertname: OrdersAreNotRead, exp_alerts: [] }
                  - { eval_time: 5m, alertname: OrdersAreNotRead, exp_alerts: [{ exp_labels: { severity: critical } }] }
                  - { eval_time: 20m, alertname: OrdersAreNotRead, exp_alerts: [] }
                  - { eval_time: 35m, alertname: OrdersAreNotRead, exp_alerts: [{ exp_labels: { severity: critical } }] }
            """
                .formatted(
                    "messaging_destination_name=\"orders\",messaging_consumer_group_name=\"billing\""));

    assertThat(run("check", "rules", rules.toString())).contains("SUCCESS");
    assertThat(run("test", "rules", tests.toString())).contains("SUCCESS");
  }

  /** The file beside this class has the series, and says when each alert fires. */
  @Test
  void eachAlertFiresWithItsFaultAndNotWithout() throws Exception {
    Path tests = Path.of("src/test/resources/alerts-test.yml").toAbsolutePath();
    String text = Files.readString(tests);
    List<String> alerts =
        OperationsPage.read(OperationsPage.alerts())
            .lines()
            .filter(line -> line.strip().startsWith("- alert: "))
            .map(line -> line.strip().substring("- alert: ".length()))
            .toList();

    assertThat(alerts).isNotEmpty().allSatisfy(name -> assertThat(text).contains(name));
    assertThat(run("test", "rules", tests.toString())).contains("SUCCESS");
  }
}
