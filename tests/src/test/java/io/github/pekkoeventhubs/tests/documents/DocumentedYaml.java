// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Lines of Kubernetes manifests and of Prometheus' rules that a page shows. */
final class DocumentedYaml {

  /** Of the parts that pages show: what Kubernetes, KEDA and Prometheus call their settings. */
  private static final Set<String> KNOWN =
      Set.of(
          "triggers",
          "type",
          "metadata",
          "checkpointStrategy",
          "blobContainer",
          "consumerGroup",
          "eventHubName",
          "eventHubNamespace",
          "storageAccountName",
          "unprocessedEventThreshold",
          "activationUnprocessedEventThreshold",
          "startupProbe",
          "readinessProbe",
          "livenessProbe",
          "httpGet",
          "path",
          "port",
          "periodSeconds",
          "failureThreshold",
          "connectionFromEnv",
          "storageConnectionFromEnv",
          "terminationGracePeriodSeconds",
          "alert",
          "expr",
          "for",
          "labels",
          "severity");

  private DocumentedYaml() {}

  static void load(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Set<String> keys = new TreeSet<>();
    collect(new Yaml(new SafeConstructor(options)).load(text), keys);
    assertThat(keys).isNotEmpty().isSubsetOf(KNOWN);
  }

  private static void collect(Object node, Set<String> keys) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            keys.add(String.valueOf(key));
            collect(value, keys);
          });
    } else if (node instanceof Iterable<?> list) {
      list.forEach(element -> collect(element, keys));
    }
  }
}
