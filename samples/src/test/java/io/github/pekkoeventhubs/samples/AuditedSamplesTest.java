// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.audit.AuditReport;
import io.github.pekkoeventhubs.testkit.audit.StreamAudit;
import org.junit.jupiter.api.Test;

/** The audit that the guide to testing shows, and an audit of a sample as it is. */
class AuditedSamplesTest {

  @Test
  void theStreamOfTheGuideIsSafe() {
    // snippet: audit
    AuditReport report =
        StreamAudit.of(
                node ->
                    Consumer.committableSource(node.consumerSettings(), node.subscription())
                        .mapAsync(
                            8,
                            event ->
                                node.process(event).thenApply(done -> event.committableOffset()))
                        .toMat(
                            Committer.sink(node.committerSettings()),
                            Consumer::createDrainingControl))
            .run();

    report.assertSafe();
    // end
    assertThat(report.findings()).isEmpty();
  }

  @Test
  void aSampleIsSafeAsItIs() {
    // snippet: auditOfAMethod
    StreamAudit audit =
        StreamAudit.ofStarted(
            node ->
                SelectedOrders.run(
                    node.system(),
                    node.consumerSettings(),
                    order -> order.event().getBodyAsString().endsWith("0"),
                    node::process));
    // end
    AuditReport report = audit.withSeed(7).run();

    report.assertSafe();
    assertThat(report.toString()).contains("are taken for not of interest");
  }
}
