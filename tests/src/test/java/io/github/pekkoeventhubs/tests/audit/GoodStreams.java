// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.audit;

import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.audit.AuditedNode;
import org.apache.pekko.stream.javadsl.RunnableGraph;

/** Streams that keep the guarantee. */
final class GoodStreams {

  private GoodStreams() {}

  static RunnableGraph<?> merged(AuditedNode node) {
    return Consumer.committableSource(node.consumerSettings(), node.subscription())
        .mapAsync(8, event -> node.process(event).thenApply(done -> event.committableOffset()))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl);
  }
}
