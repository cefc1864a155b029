// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The known partitions are those of the latest answer. */
class HubPartitionsTest {

  private final ActorTestKit testKit = ActorTestKit.create("HubPartitions", ConfigFactory.load());
  private final GroupStreams streams = new GroupStreams();

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  /** Runs a test on the thread of an actor. */
  private void with(Consumer<HubPartitions<String>> test) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    testKit.spawn(
        Behaviors.<String>setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      HubPartitions<String> partitions =
                          new HubPartitions<>(
                              context,
                              timers,
                              streams,
                              ids -> "answered",
                              (stream, error) -> "refused",
                              "refresh");
                      try {
                        test.accept(partitions);
                        done.complete(null);
                      } catch (AssertionError | RuntimeException e) {
                        done.completeExceptionally(e);
                      }
                      return Behaviors.ignore();
                    })));
    done.get(20, TimeUnit.SECONDS);
  }

  @Test
  void anEventHubThatHasGrownHasNewPartitions() throws Exception {
    with(
        partitions -> {
          assertThat(partitions.answered(List.of("0", "1"))).isTrue();
          assertThat(partitions.answered(List.of("0", "1"))).isFalse();
          assertThat(partitions.answered(List.of("0", "1", "2"))).isTrue();
          assertThat(partitions.ids()).containsExactlyInAnyOrder("0", "1", "2");
        });
  }

  @Test
  void anEventHubThatWasCreatedAnewWithFewerPartitionsHasOnlyThose() throws Exception {
    with(
        partitions -> {
          partitions.answered(List.of("0", "1", "2"));

          assertThat(partitions.answered(List.of("0"))).isFalse();

          assertThat(partitions.ids()).containsExactly("0");
          assertThat(partitions.isGone("2")).isTrue();
          assertThat(partitions.isGone("0")).isFalse();
          assertThat(partitions.isGone("7")).as("never known").isFalse();
        });
  }

  @Test
  void aRefusedRefreshLongAfterAnAnswerIsNoPartOfTheFirstOutage() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(HubPartitions.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    StreamOfGroup stream = streamOf("refreshed");
    streams.join(stream);
    with(
        partitions -> {
          for (int refusal = 0; refusal < 4; refusal++) {
            partitions.refused(stream, busy());
          }
          partitions.answered(List.of("0"));
          partitions.refused(stream, busy());
        });
    logger.detachAppender(lines);

    assertThat(lines.list)
        .extracting(HubPartitionsTest::delayInMillis)
        .hasSize(5)
        .satisfies(
            delays -> {
              assertThat(delays.get(3)).isGreaterThan(4000);
              assertThat(delays.get(4)).isLessThanOrEqualTo(1000);
            });
  }

  private static StreamOfGroup streamOf(String id) {
    ConsumerSettings settings =
        ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            HubPartitionsTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> id;
                  case "settings" -> settings;
                  case "partition" ->
                      new EventHubPartition("ns.servicebus.windows.net", id, "$Default", "0");
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> 1;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Throwable busy() {
    return new ServiceUnavailableException("the namespace is busy", null);
  }

  private static long delayInMillis(ILoggingEvent line) {
    String text = line.getFormattedMessage();
    return Long.parseLong(text.replaceAll(".*asking again in (\\d+) ms.*", "$1"));
  }

  @Test
  void aPartitionThatComesBackIsNotGone() throws Exception {
    with(
        partitions -> {
          partitions.answered(List.of("0", "1"));
          partitions.answered(List.of("0"));
          partitions.answered(List.of("0", "1"));

          assertThat(partitions.ids()).containsExactlyInAnyOrder("0", "1");
          assertThat(partitions.isGone("1")).isFalse();
        });
  }
}
