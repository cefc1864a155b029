// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.Map;
import org.apache.pekko.Done;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What was to follow in a thread that has failed never does: a stream must not wait for it. */
class FatalErrorsTest extends FixedPartitionStreams {

  @Test
  void aStreamFailsWhenAThreadOfTheConnectorHasMetAFatalError() {
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings(), Subscriptions.balanced())
            .map(event -> event.committableOffset())
            .toMat(Committer.sink(committer()), Consumer::createDrainingControl)
            .run(system());
    services.sendToEach(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> services.checkpoints().equals(Map.of("0", 0L, "1", 0L)));

    OwnThreads.soon(
        Duration.ZERO,
        () -> {
          throw new OutOfMemoryError("as a test says");
        });

    assertThat(control.streamCompletion().toCompletableFuture())
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(ReceiveException.class)
        .withMessageContaining("has ended with java.lang.OutOfMemoryError: as a test says");
  }
}
