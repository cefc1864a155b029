// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.produce.EventSender.EventBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class BatchLoadTest {

  private static final Destination ANY = Destination.any();
  private static final String TOO_MUCH = "x".repeat(8);
  private static final int LIMIT = 10;

  private final List<CompletableFuture<EventBatch>> attempts = new ArrayList<>();
  private final BatchLoad load = new BatchLoad(ANY, this::attempt, true);
  private final List<OutgoingEvent> events = new ArrayList<>();

  private CompletionStage<EventBatch> attempt() {
    CompletableFuture<EventBatch> opening = new CompletableFuture<>();
    attempts.add(opening);
    return opening;
  }

  private void arrives(String body) {
    events.add(new OutgoingEvent(null, new Routed(new EventData(body), Route.roundRobin())));
    load.addIfOpen(events);
  }

  private EventBatch open() {
    EventBatch batch = new FakeSender(LIMIT).openBatch(ANY).toCompletableFuture().join();
    attempts.get(0).complete(batch);
    return batch;
  }

  @Test
  void eventsAreLoadedAsTheyComeOnceTheBatchIsOpen() {
    arrives("a");
    assertThat(load.size()).isZero();

    open();
    arrives("b");
    assertThat(load.size()).isEqualTo(2);

    arrives("c");
    assertThat(load.size()).isEqualTo(3);
  }

  @Test
  void nothingIsLoadedPastAnEventThatDoesNotFit() {
    EventBatch batch = open();
    arrives("abc");
    arrives(TOO_MUCH);
    arrives("d");
    assertThat(load.taken()).isEqualTo(1);

    assertThat(load.add(batch, events)).isFalse();
    assertThat(load.taken()).isEqualTo(1);
  }

  @Test
  void whatWasNotLoadedAsItCameIsLoadedInTheEnd() {
    arrives("a");
    arrives("b");

    assertThat(load.add(open(), events)).isTrue();

    assertThat(load.size()).isEqualTo(2);
    assertThat(load.taken()).isEqualTo(2);
  }

  @Test
  void whatIsLeftOutForGoodCountsAsTakenAndIsNotLoaded() {
    arrives("a");
    events.get(0).replace(Optional.empty());

    assertThat(load.add(open(), events)).isTrue();

    assertThat(load.size()).isZero();
    assertThat(load.taken()).isEqualTo(1);
  }

  @Test
  void aFailedOpeningIsReportedWhenTheBatchIsToBeSentAndThenTriedAgain() {
    attempts.get(0).completeExceptionally(new IllegalStateException("no connection"));
    arrives("a");
    assertThat(load.size()).isZero();

    assertThat(load.opened()).isSameAs(attempts.get(0));
    assertThat(attempts).hasSize(1);
    assertThat(load.opened()).isSameAs(attempts.get(1));
  }
}
