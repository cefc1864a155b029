// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.testkit.CommittablePublisher;
import io.github.pekkoeventhubs.testkit.CommittableTestSource;
import io.github.pekkoeventhubs.testkit.RecordingCommitter;
import io.github.pekkoeventhubs.testkit.VirtualTime;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The code about time in the guide to testing; {@link TestingGuideTest} compares the two. */
class VirtualTimeTest {

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void commitsAfterAnHour() {
    // snippet: time
    ActorTestKit kit =
        ActorTestKit.create(
            VirtualTime.config()
                .withFallback(ConfigFactory.parseString("pekko.fail-mixed-versions = off"))
                .withFallback(ConfigFactory.load()));
    VirtualTime time = VirtualTime.of(kit.system());
    // end
    RecordingCommitter committer = RecordingCommitter.create();
    CommitterSettings settings =
        CommitterSettings.create(kit.system())
            .withMaxInterval(Duration.ofHours(1))
            .withIdleFlushDelay(Duration.ofHours(1));
    CommittablePublisher orders =
        CommittableTestSource.create(kit.system(), committer)
            .map(CommittableEvent::committableOffset)
            .to(Committer.sink(settings))
            .run(kit.system());
    orders.send("0", "first");
    while (committer.acknowledged().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(committer).hasCommittedNothing();
    time.pass(Duration.ofHours(1));
    while (committer.commits().isEmpty()) {
      Thread.onSpinWait();
    }
    orders.complete();
    kit.shutdownTestKit();
  }
}
