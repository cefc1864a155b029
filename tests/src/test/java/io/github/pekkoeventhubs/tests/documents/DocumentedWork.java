// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import com.azure.core.amqp.AmqpTransportType;
import com.azure.core.amqp.ProxyAuthenticationType;
import com.azure.core.amqp.ProxyOptions;
import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.stream.javadsl.Source;

/** The code of the guides about the work of a stream. */
final class DocumentedWork {

  private static final EntityTypeKey<Booking> CUSTOMER =
      EntityTypeKey.create(Booking.class, "customer");

  private record Booking(String order, long sequenceNumber, ActorRef<Done> replyTo) {}

  private interface Orders {
    CompletionStage<Done> book(CommittableEvent event);
  }

  Consumer.DrainingControl<Done> perKey(
      ConsumerSettings settings,
      Subscription subscription,
      CommitterSettings committerSettings,
      Orders orders,
      ActorSystem<?> system) {
    // snippet: perKey
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings, subscription)
            .mapAsyncPartitioned(
                64,
                event -> event.partition().partitionId() + keyOf(event),
                (event, key) -> orders.book(event).thenApply(done -> event.committableOffset()))
            .toMat(Committer.sink(committerSettings), Consumer::createDrainingControl)
            .run(system);
    // end
    return control;
  }

  Source<CommittableOffset, Consumer.Control> asking(
      ConsumerSettings settings, Subscription subscription, ActorSystem<?> system) {
    // snippet: asking
    ClusterSharding sharding = ClusterSharding.get(system);
    Source<CommittableOffset, Consumer.Control> answered =
        Consumer.committableSource(settings, subscription)
            .mapAsync(
                16,
                event ->
                    sharding
                        .entityRefFor(CUSTOMER, keyOf(event))
                        .<Done>ask(
                            replyTo ->
                                new Booking(
                                    event.event().getBodyAsString(),
                                    event.event().getSequenceNumber(),
                                    replyTo),
                            Duration.ofSeconds(5))
                        .thenApply(done -> event.committableOffset()));
    // end
    return answered;
  }

  EventData cloudEvent(String json) {
    // snippet: cloudEvent
    EventData event = new EventData(json.getBytes(StandardCharsets.UTF_8));
    event.setContentType("application/json; charset=utf-8");
    event.getProperties().put("cloudEvents:specversion", "1.0");
    event.getProperties().put("cloudEvents:type", "com.example.order.placed");
    event.getProperties().put("cloudEvents:source", "/orders");
    event.getProperties().put("cloudEvents:id", "order-7");
    // end
    return event;
  }

  ConsumerSettings identity(ConsumerSettings settings, TokenCredential credential) {
    // snippet: identity
    ConsumerSettings withIdentity =
        settings.withCredential("my-namespace.servicebus.windows.net", credential);
    // end
    return withIdentity;
  }

  @SuppressWarnings("AddressSelection") // A proxy is given with its address.
  ConsumerSettings webSockets(ConsumerSettings settings) {
    // snippet: webSockets
    Proxy proxy =
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example.com", 3128));
    ConsumerSettings throughProxy =
        settings.withClientCustomizer(
            builder ->
                builder
                    .transportType(AmqpTransportType.AMQP_WEB_SOCKETS)
                    .proxyOptions(
                        new ProxyOptions(ProxyAuthenticationType.NONE, proxy, null, null)));
    // end
    return throughProxy;
  }

  private static String keyOf(CommittableEvent event) {
    String key = event.event().getPartitionKey();
    return key == null ? "" : key;
  }
}
