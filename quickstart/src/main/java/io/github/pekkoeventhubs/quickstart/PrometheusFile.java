// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configuration of a Prometheus that scrapes the nodes of the quickstart, in a file. */
final class PrometheusFile {

  private static final String NAME = "quickstart-prometheus.yml";

  private final Path file;

  private PrometheusFile(Path file) {
    this.file = file;
  }

  /**
   * Writes it.
   *
   * @param folder an existing one
   * @param ports where the nodes show their meters, by their names
   */
  static PrometheusFile write(Path folder, Map<String, Integer> ports) {
    Path file = folder.resolve(NAME);
    try {
      Files.writeString(file, String.join("\n", text(ports)) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PrometheusFile(file);
  }

  private static List<String> text(Map<String, Integer> ports) {
    List<String> lines = new ArrayList<>();
    lines.add("# Written by the quickstart; its ports are those of this run.");
    lines.add("global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s }");
    lines.add("scrape_configs:");
    lines.add("  - job_name: pekko-eventhubs-quickstart");
    lines.add("    static_configs:");
    ports.forEach(
        (name, port) ->
            lines.add(
                "      - { targets: [\"127.0.0.1:"
                    + port
                    + "\"], labels: { instance: \""
                    + name
                    + "\" } }"));
    return lines;
  }

  Path path() {
    return file;
  }

  /** How to scrape and to inspect, for the screen. */
  static List<String> instructions(Map<String, Integer> ports, Path folder) {
    String shown = shortened(folder);
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("  The meters, in the form of Prometheus:");
    ports.forEach((name, port) -> lines.add("    " + name + "  " + url(port)));
    lines.add("  One look:");
    lines.add("    curl -s " + url(ports.values().iterator().next()) + " | grep lag");
    lines.add("  Prometheus, until this ends and afterwards on http://localhost:9090/graph :");
    lines.add("    prometheus --config.file=" + shown + "/" + NAME + " \\");
    lines.add("      --storage.tsdb.path=" + shown + "/quickstart-prometheus");
    lines.add("  Queries to begin with:");
    lines.add("    sum(rate(messaging_client_consumed_messages_total[10s])) by (instance)");
    lines.add("    pekko_eventhubs_partition_lag_events{position=\"committed\"}");
    lines.add("  Alert rules and a dashboard: docs/operations");
    lines.add("");
    return lines;
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port + "/metrics";
  }

  /** As seen from the folder of the project, where one types. */
  private static String shortened(Path folder) {
    Path root = folder.toAbsolutePath();
    while (root != null && !Files.isDirectory(root.resolve(".mvn"))) {
      root = root.getParent();
    }
    return (root == null ? folder : root.relativize(folder.toAbsolutePath())).toString();
  }
}
