// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.DeadLetters;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.javadsl.RepeatedEvents;
import io.github.pekkoeventhubs.javadsl.SendProducer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/** The producers that the documentation shows; {@link DocumentationTest} compares the two. */
abstract class DocumentedProducers {

  /** What is sent. */
  record Order(String customer, String toJson) {}

  private final ActorSystem<?> system;
  private final String connectionString;
  private final ConsumerSettings consumerSettings;
  private final CommitterSettings committerSettings;
  private final ProducerSettings producerSettings;

  DocumentedProducers(
      ActorSystem<?> system,
      String connectionString,
      ConsumerSettings consumerSettings,
      CommitterSettings committerSettings,
      ProducerSettings producerSettings) {
    this.system = system;
    this.connectionString = connectionString;
    this.consumerSettings = consumerSettings;
    this.committerSettings = committerSettings;
    this.producerSettings = producerSettings;
  }

  abstract boolean isRelevant(CommittableEvent event);

  abstract List<Routed> outputsOf(CommittableEvent event);

  abstract CompletionStage<String> store(byte[] body);

  abstract CompletionStage<Done> process(CommittableEvent event);

  CompletionStage<Done> sending(List<Order> orders) {
    // snippet: sending
    ProducerSettings settings =
        ProducerSettings.create(system)
            .withConnectionString(connectionString)
            .withEventHubName("orders");

    CompletionStage<Done> sent =
        Source.from(orders)
            .map(
                order ->
                    new Routed(new EventData(order.toJson()), Route.partitionKey(order.customer())))
            .runWith(Producer.routedSink(settings), system);
    // end
    return sent;
  }

  Consumer.DrainingControl<Done> forwarding() {
    // snippet: forwarding
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(consumerSettings, Subscriptions.clusterSharded())
            .map(this::outputs)
            .toMat(
                Producer.committableSink(producerSettings, committerSettings),
                Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  // snippet: outputs
  Envelope<CommittableOffset> outputs(CommittableEvent event) {
    return isRelevant(event)
        ? ProducerMessage.multi(outputsOf(event), event.committableOffset())
        : ProducerMessage.passThrough(event.committableOffset());
  }

  // end

  Source<CommittableEvent, Consumer.Control> numbering() {
    // snippet: numbering
    ProducerSettings numbered = producerSettings.withProducerId("orders-service");

    Source<CommittableEvent, Consumer.Control> withoutRepetitions =
        Consumer.committableSource(consumerSettings, Subscriptions.clusterSharded())
            .via(RepeatedEvents.drop());
    // end
    return numbered.producerId().isPresent() ? withoutRepetitions : withoutRepetitions.async();
  }

  // snippet: numberedOutputs
  Envelope<CommittableOffset> numberedOutput(CommittableEvent event) {
    EventData output = new EventData(event.event().getBody());
    ProducerNumber.ofOutput("billing", event, 0).writeInto(output);
    return ProducerMessage.single(
        output, Route.partitionKey("customer"), event.committableOffset());
  }

  // end

  CompletionStage<Done> sendProducer() {
    // snippet: sendProducer
    SendProducer producer = SendProducer.create(producerSettings, system);

    CompletionStage<Done> one =
        producer.send(new EventData("created"), Route.partitionKey("customer 7"));
    CompletionStage<Done> several =
        producer.send(
            List.of(
                new Routed(new EventData("created"), Route.partitionKey("customer 7")),
                new Routed(new EventData("paid"), Route.partitionKey("customer 7"))));
    // end
    return one.thenCompose(done -> several);
  }

  Consumer.DrainingControl<Done> deadLetters() {
    // snippet: deadLetters
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(consumerSettings, Subscriptions.clusterSharded())
            .via(
                DeadLetters.processing(
                    producerSettings.withEventHubName("dead-letters"), 8, this::process))
            .toMat(Committer.sink(committerSettings), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  // snippet: attempts
  CompletionStage<Done> processSeveralTimes(CommittableEvent event) {
    return Patterns.retry(() -> process(event), 3, Duration.ofSeconds(1), system);
  }

  // end

  Flow<CommittableEvent, CommittableOffset, NotUsed> deadLettersAfterAttempts() {
    // snippet: deadLettersAfterAttempts
    var processing =
        DeadLetters.processing(
            producerSettings.withEventHubName("dead-letters"), 8, this::processSeveralTimes);
    // end
    return processing;
  }

  ProducerSettings oversized(ProducerSettings settings) {
    // snippet: oversized
    ProducerSettings withHandler =
        settings.withOversizedEventHandler(
            (event, reason) ->
                store(event.event().getBody())
                    .thenApply(url -> Optional.of(new EventData("see " + url))));
    // end
    return withHandler;
  }

  ProducerSettings sharing() {
    // snippet: sharing
    EventHubProducerAsyncClient client =
        new EventHubClientBuilder()
            .connectionString(connectionString, "orders")
            .retryOptions(new AmqpRetryOptions().setMaxRetries(0))
            .buildAsyncProducerClient();
    ProducerSettings shared = ProducerSettings.create(system).withClient(client);
    // end
    return shared;
  }
}
