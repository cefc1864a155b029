// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import io.github.pekkoeventhubs.javadsl.DeadLetters;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.NamedEventHub;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples with a state, with answers out of order, and with orders that cannot be billed. */
class StreamSamplesTest {

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create().withEventHub("orders", 2).withEventHub("dead-letters", 1);

  private static final CompletionStage<Done> DONE =
      CompletableFuture.completedFuture(Done.getInstance());

  private final Queue<String> handled = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Done> quickerIsAsked = new CompletableFuture<>();

  private static void end(DrainingControl<Done> control) {
    SampleServices.join(control.drainAndShutdown());
  }

  private DrainingControl<Done> count(TestEventHub orders, ActorSystem<?> system) {
    PartitionStore store = orders.consumerSettings().partitionStore().orElseThrow();
    return PartitionCounts.run(
        system,
        orders.consumerSettings(),
        store,
        (order, number) -> handled.add(order.event().getBodyAsString() + " " + number));
  }

  @Test
  void theNextOwnerCountsOnFromTheStoredState(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a", "b");
    DrainingControl<Done> before = count(orders, system);
    orders.partition("0").of(before).awaitCheckpoint(1);
    end(before);

    orders.send("0", "c");
    DrainingControl<Done> after = count(orders, system);
    orders.partition("0").of(after).awaitCheckpoint(2);
    end(after);

    assertThat(handled).containsExactly("a 1", "b 2", "c 3");
  }

  @Test
  void aSlowAnswerDoesNotHoldUpTheOthersAndIsAskedAgainAfterARestart(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "quick", "slow", "quicker");
    CompletableFuture<Done> never = new CompletableFuture<>();
    DrainingControl<Done> before =
        UnorderedEnrichment.run(
            system,
            orders.consumerSettings().withHandoverTimeout(Duration.ofSeconds(8)),
            order -> ask(order, never));
    SampleServices.join(quickerIsAsked);
    SampleServices.join(before.shutdown());
    never.complete(Done.getInstance());
    SampleServices.join(before.streamCompletion());

    DrainingControl<Done> after =
        UnorderedEnrichment.run(system, orders.consumerSettings(), order -> ask(order, DONE));
    orders.partition("0").of(after).awaitCheckpoint(2);
    end(after);

    assertThat(handled).containsExactly("quick", "slow", "quicker", "slow");
  }

  private CompletionStage<Done> ask(CommittableEvent order, CompletionStage<Done> slowAnswer) {
    String text = order.event().getBodyAsString();
    handled.add(text);
    if (text.equals("quicker")) {
      quickerIsAsked.complete(Done.getInstance());
    }
    return text.equals("slow") ? slowAnswer : DONE;
  }

  @Test
  void anOrderThatCannotBeBilledIsPutAsideWithItsReason(
      @NamedEventHub("orders") TestEventHub orders,
      @NamedEventHub("dead-letters") TestEventHub deadLetters,
      ActorSystem<?> system) {
    orders.send("0", "good", "bad", "good again");
    DrainingControl<Done> control =
        OrdersPutAside.run(
            system,
            orders.consumerSettings(),
            deadLetters.producerSettings(),
            order ->
                order.event().getBodyAsString().equals("bad")
                    ? CompletableFuture.failedFuture(new IllegalArgumentException("no customer"))
                    : DONE);
    orders.partition("0").of(control).awaitCheckpoint(2);
    end(control);

    assertThat(deadLetters.eventHubs().events(deadLetters.name(), "0"))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.bodyAsString()).isEqualTo("bad");
              assertThat(letter.properties())
                  .containsEntry(
                      DeadLetters.REASON, "java.lang.IllegalArgumentException: no customer");
            });
    assertThat(orders).partition("0").hasCheckpoint(2).isReleased();
  }
}
