// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.NamedEventHub;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each sample does what it says. */
class SamplesTest {

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create().withEventHub("orders", 2).withEventHub("invoices", 1);

  private final Queue<String> handled = new ConcurrentLinkedQueue<>();

  private CompletionStage<Done> handle(String what) {
    handled.add(what);
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  private static void end(DrainingControl<Done> control) {
    SampleServices.join(control.drainAndShutdown());
  }

  @Test
  void ordersOfOneCustomerAreSentToOnePartition(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    List<SendOrders.Order> sent =
        List.of(
            new SendOrders.Order("anna", "first"),
            new SendOrders.Order("anna", "second"),
            new SendOrders.Order("anna", "third"));

    SampleServices.join(
        SendOrders.run(
            system,
            orders.producerSettings(),
            Source.from(sent),
            order -> handled.add(order.text())));

    assertThat(handled).containsExactly("first", "second", "third");
    assertThat(
            orders.partitionIds().stream()
                .map(id -> bodies(orders, id))
                .filter(bodies -> !bodies.isEmpty()))
        .containsExactly(List.of("first", "second", "third"));
  }

  @Test
  void invoicesAreSentForOrders(
      @NamedEventHub("orders") TestEventHub orders,
      @NamedEventHub("invoices") TestEventHub invoices,
      ActorSystem<?> system) {
    orders.send("0", "first", "second");

    DrainingControl<Done> control =
        HubToHub.run(
            system,
            orders.consumerSettings(),
            invoices.producerSettings(),
            order -> new EventData("invoice for " + order.event().getBodyAsString()));
    orders.partition("0").of(control).awaitCheckpoint(1);
    end(control);

    assertThat(bodies(invoices, "0")).containsExactly("invoice for first", "invoice for second");
  }

  @Test
  void batchesAreCommittedWhenTheyAreInserted(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "first", "second");

    DrainingControl<Done> control =
        BatchesToDatabase.run(
            system,
            orders.consumerSettings(),
            batch -> {
              batch.forEach(order -> handled.add(order.event().getBodyAsString()));
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    orders.partition("0").of(control).awaitCheckpoint(1);
    end(control);

    assertThat(handled).containsExactly("first", "second");
  }

  @Test
  void aStateIsStoredUnlessALaterEpochHasStoredOne() throws SQLException {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl("jdbc:h2:mem:states;DB_CLOSE_DELAY=-1");
    FencedWrites.OrderStates states = new FencedWrites.OrderStates(database);

    assertThat(states.store("order 7", "reserved", 10)).isTrue();
    assertThat(states.store("order 7", "paid", 10)).as("the same epoch").isTrue();
    assertThat(states.store("order 7", "shipped", 11)).as("a later epoch").isTrue();
    assertThat(states.store("order 7", "paid", 10)).as("an earlier epoch").isFalse();
    assertThat(states.store("order 8", "reserved", 10)).as("another row").isTrue();

    assertThat(states.state("order 7")).contains("shipped");
    assertThat(states.state("order 8")).contains("reserved");
    assertThat(states.state("order 9")).isEmpty();
  }

  @Test
  void billsAreWrittenWithTheTokenOfTheirEpochAndCommittedAfterwards(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "first", "second");

    DrainingControl<Done> control =
        FencedWrites.run(
            system,
            orders.consumerSettings(),
            order -> {
              handled.add(order.event().getBodyAsString());
              return order.fencingToken() > 0;
            });
    orders.partition("0").of(control).awaitCheckpoint(1);
    end(control);

    assertThat(handled).containsExactly("first", "second");
  }

  @Test
  void ordersOfAPartitionAreShippedOneByOne(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "first", "second");

    DrainingControl<Done> control =
        PerPartition.run(
            system, orders.consumerSettings(), order -> handle(order.event().getBodyAsString()));
    orders.partition("0").of(control).awaitCheckpoint(1);
    end(control);

    assertThat(handled).containsExactly("first", "second");
    assertThat(orders).partition("0").hasCheckpoint(1).isReleased();
  }

  @Test
  void ordersThatAreNotWantedAreAcknowledged(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "wanted", "other", "other", "other");

    DrainingControl<Done> control =
        SelectedOrders.run(
            system,
            orders.consumerSettings().withMaxUncommitted(2),
            order -> order.event().getBodyAsString().equals("wanted"),
            order -> handle(order.event().getBodyAsString()));
    orders.partition("0").of(control).awaitPosition(3);
    end(control);

    assertThat(handled).containsExactly("wanted");
    assertThat(orders).partition("0").hasCheckpoint(3).isReleased();
  }

  @Test
  void aStreamGoesOnBehindThePositionInTheDatabase(
      @NamedEventHub("orders") TestEventHub orders, ActorSystem<?> system) {
    OwnPositions.Database database = new OwnPositions.InMemory(handled::add);
    orders.send("0", "first", "second");
    DrainingControl<Done> before = OwnPositions.run(system, orders.consumerSettings(), database);
    orders.partition("0").of(before).awaitPosition(1);
    end(before);

    orders.send("0", "third");
    DrainingControl<Done> after = OwnPositions.run(system, orders.consumerSettings(), database);
    orders.partition("0").of(after).awaitPosition(2);
    end(after);

    assertThat(handled).containsExactly("first", "second", "third");
    assertThat(orders.partition("0").checkpoint()).isEmpty();
  }

  private static List<String> bodies(TestEventHub hub, String partitionId) {
    return hub.eventHubs().events(hub.name(), partitionId).stream()
        .map(StoredEvent::bodyAsString)
        .toList();
  }
}
