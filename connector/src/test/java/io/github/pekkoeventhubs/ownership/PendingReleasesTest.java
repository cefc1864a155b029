// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.store.ReleaseOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PendingReleasesTest {

  private final ActorTestKit testKit =
      ActorTestKit.create(
          "PendingReleases",
          ConfigFactory.parseString(
                  """
                  pekko.coordinated-shutdown {
                    terminate-actor-system = off
                    run-by-actor-system-terminate = off
                    phases.before-actor-system-terminate.timeout = 2s
                  }
                  """)
              .withFallback(ConfigFactory.load()));
  private final CoordinatedShutdown shutdown = CoordinatedShutdown.get(testKit.system());
  private final PendingReleases releases = PendingReleases.get(testKit.system());
  private final CompletableFuture<ReleaseOutcome> release = new CompletableFuture<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void capture() {
    lines.start();
    logger.addAppender(lines);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
        "tell the test",
        () -> {
          begun.countDown();
          return CompletableFuture.completedFuture(Done.getInstance());
        });
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    testKit.shutdownTestKit();
  }

  private CompletableFuture<Done> end() {
    CompletionStage<Done> ended = shutdown.runAll(CoordinatedShutdown.jvmExitReason());
    return ended.toCompletableFuture();
  }

  @Test
  void theActorSystemEndsWhenTheClaimIsReleased() throws Exception {
    releases.add(release);
    CompletableFuture<Done> ended = end();
    begun.await();
    assertThat(ended).isNotDone();

    release.complete(ReleaseOutcome.RELEASED);

    assertThat(ended).succeedsWithin(Duration.ofSeconds(20));
    assertThat(lines.list).isEmpty();
  }

  @Test
  void aReleaseThatHasFailedOrSucceededIsForgotten() {
    releases.add(CompletableFuture.completedFuture(ReleaseOutcome.RELEASED));
    releases.add(CompletableFuture.failedFuture(new IllegalStateException("the store is gone")));

    assertThat(end()).succeedsWithin(Duration.ofSeconds(20));
    assertThat(lines.list).isEmpty();
  }

  @Test
  void aReleaseThatIsNeverAnsweredKeepsTheActorSystemForTheTimeOfThePhaseAtMost() {
    releases.add(release);

    assertThat(end()).succeedsWithin(Duration.ofSeconds(20));

    await().until(() -> !lines.list.isEmpty());
    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("ends without having released 1 claim(s): others wait until they expire");
  }
}
