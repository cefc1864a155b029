// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/**
 * Asks an entity of the cluster about each order, and commits the order after its answer. The
 * entities are the application's own, one for each customer, wherever the cluster has placed them;
 * an entity that does not answer in time fails the stream, and the order is asked about again.
 *
 * <p>On more than one node, messages of entities need a serializer: add {@code
 * pekko-serialization-jackson} and {@code pekko.actor.serialization-bindings {
 * "com.example.ShardedCustomers$AddOrder" = jackson-cbor } }.
 */
public final class ShardedCustomers {

  private static final int AT_A_TIME = 32;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final EntityTypeKey<AddOrder> CUSTOMERS =
      EntityTypeKey.create(AddOrder.class, "customers");

  /** A message to a customer, who answers with the number of orders so far. */
  public record AddOrder(String order, ActorRef<Integer> answer) {}

  private ShardedCustomers() {}

  /** Adds each order to its customer, and calls {@code answered} with the customer's answer. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Function<EventData, String> customerOf,
      BiConsumer<String, Integer> answered) {
    ClusterSharding sharding = ClusterSharding.get(system);
    sharding.init(Entity.of(CUSTOMERS, entity -> customer(0)));
    return Consumer.committableSource(settings, Subscriptions.clusterSharded())
        .mapAsync(
            AT_A_TIME,
            event -> {
              String order = event.event().getBodyAsString();
              return sharding
                  .entityRefFor(CUSTOMERS, customerOf.apply(event.event()))
                  .<Integer>ask(answer -> new AddOrder(order, answer), TIMEOUT)
                  .thenApply(
                      number -> {
                        answered.accept(order, number);
                        return event.committableOffset();
                      });
            })
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  private static Behavior<AddOrder> customer(int orders) {
    return Behaviors.receiveMessage(
        message -> {
          message.answer().tell(orders + 1);
          return customer(orders + 1);
        });
  }

  /** Adds twenty orders of an embedded event hub to three customers, in a cluster of one node. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.startCluster()) {
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              order -> "customer-" + order.getSequenceNumber() % 3,
              (order, number) ->
                  services.print(order + " is number " + number + " of its customer"));
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
