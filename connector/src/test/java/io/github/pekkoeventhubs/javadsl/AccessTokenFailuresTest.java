// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.failure.AnsweredStatus;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.net.ConnectException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** An identity provider that refuses ends what needs its token, and one that hiccups does not. */
class AccessTokenFailuresTest {

  private static final String EVENT_HUB = "orders";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(EVENT_HUB, 1).start();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    emulator.close();
  }

  private TokenCredential refusing() {
    return context -> {
      asked.incrementAndGet();
      return Mono.error(
          new ClientAuthenticationException("invalid client secret", new AnsweredStatus(401)));
    };
  }

  /** The first question finds nobody. */
  private TokenCredential withOneHiccup() {
    return context ->
        asked.incrementAndGet() == 1
            ? Mono.error(
                new ClientAuthenticationException(
                    "no metadata service", null, new ConnectException()))
            : Mono.just(new AccessToken("token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
  }

  /** The first question finds a credential that lacks a class. */
  private TokenCredential withoutAClassAtFirst() {
    return context -> {
      if (asked.incrementAndGet() == 1) {
        throw new NoClassDefFoundError("com/example/Missing");
      }
      return Mono.just(new AccessToken("token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
    };
  }

  private CompletionStage<PartitionEvent> firstEvent(TokenCredential credential) {
    ConsumerSettings settings =
        ConsumerSettings.create(kit.system())
            .withConnectionString(emulator.connectionString())
            .withEventHubName(EVENT_HUB)
            .withClientCustomizer(
                builder -> builder.credential("localhost", EVENT_HUB, credential));
    return Consumer.plainSource(
            settings, Subscriptions.partitionsFrom(Map.of("0", EventPosition.earliest())))
        .runWith(Sink.head(), kit.system());
  }

  private SendProducer producer(TokenCredential credential) {
    return SendProducer.create(
        ProducerSettings.create(kit.system())
            .withConnectionString(emulator.connectionString())
            .withEventHubName(EVENT_HUB)
            .withClientCustomizer(
                builder -> builder.credential("localhost", EVENT_HUB, credential)),
        kit.system());
  }

  @Test
  void aRefusedSecretFailsAConsumerInsteadOfBeingAskedForEver() {
    assertThat(firstEvent(refusing()).toCompletableFuture())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(EventHubsAuthorizationException.class)
        .withMessageContaining("invalid client secret");
    assertThat(asked).hasValueLessThan(5);
  }

  @Test
  void aHiccupOfTheProviderDelaysAConsumer() {
    assertThat(producer(withOneHiccup()).send(new EventData("event")).toCompletableFuture())
        .succeedsWithin(PATIENCE);
    asked.set(0);

    assertThat(firstEvent(withOneHiccup()).toCompletableFuture())
        .succeedsWithin(PATIENCE)
        .satisfies(event -> assertThat(event.getData().getBodyAsString()).isEqualTo("event"));
    assertThat(asked).hasValueGreaterThan(1);
  }

  @Test
  void aHiccupOfTheProviderDelaysAProducer() {
    assertThat(producer(withOneHiccup()).send(new EventData("event")).toCompletableFuture())
        .succeedsWithin(PATIENCE);
    assertThat(asked).hasValueGreaterThan(1);
  }

  @Test
  void aClassThatTheCredentialLacksForAMomentDelaysAProducerAndAConsumer() {
    assertThat(producer(withoutAClassAtFirst()).send(new EventData("event")).toCompletableFuture())
        .succeedsWithin(PATIENCE);
    assertThat(asked).hasValueGreaterThan(1);
    asked.set(0);

    assertThat(firstEvent(withoutAClassAtFirst()).toCompletableFuture()).succeedsWithin(PATIENCE);
    assertThat(asked).hasValueGreaterThan(1);
  }

  @Test
  void aRefusedSecretFailsAProducerAtOnceAndNamesTheEventHub() {
    assertThat(producer(refusing()).send(new EventData("event")).toCompletableFuture())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(EventHubsAuthorizationException.class)
        .withMessageContaining("event hub 'orders' in the namespace localhost");
  }
}
