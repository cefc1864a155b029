// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.javadsl.Committer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The log of a committer when a newer epoch of a partition replaces an older one. */
class ReplacedEpochLogTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("ReplacedEpochLogTest");

  private final ControllableEpoch older =
      new ControllableEpoch("replaced", 1, Acknowledgement.ORDERED).answeringAtOnce();
  private final ControllableEpoch newer =
      new ControllableEpoch("replaced", 2, Acknowledgement.ORDERED).answeringAtOnce();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.commit");
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getFormattedMessage().contains("/replaced")) {
            lines.add(line.getFormattedMessage());
          }
        }
      };

  @BeforeEach
  void capture() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private static Pair<
          TestPublisher.Probe<Committable>, TestSubscriber.Probe<CommittableOffsetBatch>>
      run(int maxBatch) {
    return TestSource.<Committable>create(SYSTEM)
        .via(
            Committer.batchFlow(
                CommitterSettings.create(SYSTEM)
                    .withMaxBatch(maxBatch)
                    .withMaxInterval(Duration.ofMinutes(5))))
        .toMat(TestSink.create(SYSTEM), Keep.both())
        .run(SYSTEM);
  }

  private List<String> replacements() {
    return lines.stream().filter(line -> line.contains("is replaced by")).toList();
  }

  @Test
  void nothingIsSaidOfAnEpochThatLeavesNothingUnwritten() {
    var stream = run(1);
    stream.second().request(2);
    stream.first().sendNext(older.offset(0));
    stream.second().expectNext();

    stream.first().sendNext(newer.offset(1));
    stream.second().expectNext();

    assertThat(replacements()).isEmpty();
    stream.first().sendComplete();
  }

  @Test
  void anEpochThatLeavesEventsUnwrittenIsSaidWithTheirNumber() {
    var stream = run(3);
    stream.second().request(1);
    stream.first().sendNext(older.offset(0));
    stream.first().sendNext(older.offset(1));
    stream.first().sendNext(newer.offset(2));
    stream.first().sendNext(newer.offset(3));
    stream.first().sendNext(newer.offset(4));
    stream.second().expectNext();

    assertThat(replacements())
        .singleElement()
        .asString()
        .endsWith("is replaced by epoch 2: 2 acknowledged events of it are left unwritten");
    stream.first().sendComplete();
  }
}
