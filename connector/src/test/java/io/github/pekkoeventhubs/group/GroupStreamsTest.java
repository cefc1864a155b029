// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupStreamsTest {

  private final ActorTestKit testKit = ActorTestKit.create("GroupStreams", ConfigFactory.load());
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final GroupStreams streams = new GroupStreams();
  private final StreamOfGroup stream = stream("first");
  private final TestProbe<OwnerCommand> owner = testKit.createTestProbe();

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  private StreamOfGroup stream(String id) {
    ConsumerSettings settings =
        ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH));
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            GroupStreamsTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> id;
                  case "settings" -> settings;
                  case "fail" -> failures.add((Throwable) arguments[0]);
                  case "placed" -> null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void aStreamHasLeftThoughTheEndOfItsLastOwnerIsToldAfterTheStartOfTheNext() {
    streams.join(stream);
    streams.ownerStarted("0", owner.getRef());
    CompletableFuture<Done> left = new CompletableFuture<>();
    streams.beginLeaving(stream, left);

    streams.ownerStarted("0", testKit.<OwnerCommand>createTestProbe().getRef());
    assertThat(streams.ownerEnded("0", owner.getRef())).isFalse();

    assertThat(left).isCompleted();
  }

  @Test
  void theStreamsOfAGroupThatHasFailedFailAndItsPartitionsAreGivenUp() {
    StreamOfGroup leaving = stream("leaving");
    CompletableFuture<Done> left = new CompletableFuture<>();
    streams.join(leaving);
    streams.ownerStarted("0", owner.getRef());
    streams.join(stream);
    streams.beginLeaving(leaving, left);
    owner.expectMessage(new OwnerCommand.OfferStream(leaving));

    streams.abort(Supervised.groupFailed());

    assertThat(failures)
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("the actor of the consumer group has failed");
    assertThat(left).isCompleted();
    owner.expectMessageClass(OwnerCommand.Stop.class);
  }

  @Test
  void ownersOfPartitionsThatTheEventHubHasLostEnd() {
    TestProbe<OwnerCommand> kept = testKit.createTestProbe();
    streams.ownerStarted("0", kept.getRef());
    streams.ownerStarted("1", owner.getRef());

    streams.endAllBut(Set.copyOf(List.of("0")));

    owner.expectMessageClass(OwnerCommand.Stop.class);
    kept.expectNoMessage();
  }
}
