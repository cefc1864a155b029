// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.quickstart.OperationsFiles.Panel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The dashboard has what Grafana needs to show it; its queries are run by an integration test. */
class DashboardTest {

  @Test
  void aDashboardHasATitleAVersionOfItsSchemaAndVariables() {
    Map<String, Object> dashboard = OperationsFiles.dashboard();

    assertThat(dashboard).containsEntry("title", "pekko-eventhubs").containsKeys("uid", "time");
    assertThat(((Number) dashboard.get("schemaVersion")).intValue()).isGreaterThanOrEqualTo(36);
    assertThat(Prometheus.children(Prometheus.child(dashboard, "templating"), "list"))
        .extracting(variable -> variable.get("name"))
        .containsExactly("datasource", "hub");
  }

  @Test
  void eachPanelHasItsPlaceItsIdAndItsSourceOfData() {
    List<Map<String, Object>> panels = Prometheus.children(OperationsFiles.dashboard(), "panels");

    assertThat(panels).hasSizeGreaterThan(10);
    assertThat(panels).extracting(panel -> panel.get("id")).doesNotHaveDuplicates();
    assertThat(panels)
        .allSatisfy(
            panel -> {
              assertThat(panel).containsEntry("type", "timeseries");
              assertThat(Prometheus.child(panel, "datasource"))
                  .containsEntry("uid", "${datasource}");
              assertThat(Prometheus.children(panel, "targets"))
                  .extracting(target -> target.get("refId"))
                  .doesNotHaveDuplicates();
            });
  }

  @Test
  void noPanelCoversAnotherAndEachHasATitleAndQueries() {
    List<Panel> panels = OperationsFiles.panels();

    for (Panel panel : panels) {
      assertThat(panel.title()).isNotBlank();
      assertThat(panel.targets()).isNotEmpty();
      assertThat(panel.place().x() + panel.place().width()).isLessThanOrEqualTo(24);
      assertThat(panels)
          .filteredOn(other -> other != panel)
          .noneMatch(other -> other.place().overlaps(panel.place()));
      assertThat(panel.targets())
          .allSatisfy(target -> assertThat(target.query()).contains("=~\"$hub\""));
    }
  }
}
