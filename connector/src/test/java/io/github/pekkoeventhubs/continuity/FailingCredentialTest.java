// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnUndecodableEvents;
import io.github.pekkoeventhubs.Subscriptions;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * A credential that fails with an exception of its own: no event is held responsible, and no other
 * stream.
 */
class FailingCredentialTest extends ContinuityFixture {

  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean failing;
  private volatile boolean throwing;

  private Mono<AccessToken> token() {
    if (!failing) {
      return Mono.just(new AccessToken("token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
    }
    failures.incrementAndGet();
    RuntimeException failure = new NumberFormatException("For input string: \"soon\"");
    if (throwing) {
      throw failure;
    }
    return Mono.error(failure);
  }

  @Override
  ConsumerSettings settings() {
    return super.settings()
        .withMetadataTimeout(Duration.ofSeconds(1))
        .withStallCheck(Duration.ofSeconds(2))
        .withConnections(1);
  }

  private ConsumerSettings withCredential(OnUndecodableEvents undecodable) {
    ConsumerSettings settings = settings();
    return settings
        .withClientCustomizer(
            builder -> builder.credential("localhost", EVENT_HUB, context -> token()))
        .withContinuity(settings.continuity().withUndecodableEvents(undecodable));
  }

  private void readPastFailures(OnUndecodableEvents undecodable) {
    send(10, SMALL);
    Running stream = run(withCredential(undecodable));
    awaitRead(9);
    failing = true;
    emulator.faults().dropConnections();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                warnings("the receiver has ended").stream()
                            .filter(line -> line.contains("there is no access token now"))
                            .count()
                        >= 4
                    || stream.completion().toCompletableFuture().isDone());
    send(10, SMALL);
    failing = false;

    awaitRead(19);
    assertThat(stream.status().undecodable()).isZero();
    assertThat(read).containsExactlyElementsOf(numbers(0, 19));
  }

  @ParameterizedTest
  @EnumSource(OnUndecodableEvents.class)
  void noEventIsBlamedForAFailure(OnUndecodableEvents undecodable) {
    readPastFailures(undecodable);
  }

  @ParameterizedTest
  @EnumSource(OnUndecodableEvents.class)
  void noEventIsBlamedForWhatTheCredentialThrows(OnUndecodableEvents undecodable) {
    throwing = true;
    readPastFailures(undecodable);
  }

  @Test
  void aClassThatOneCredentialLacksEndsNoOtherStream() {
    send(10, SMALL);
    Running healthy = run(settings());
    awaitRead(9);
    emulator.addEventHub("other", 1, "billing");
    TokenCredential lacking =
        context -> {
          throw new NoClassDefFoundError("com/example/Missing");
        };
    Running other =
        run(
            settings()
                .withEventHubName("other")
                .withClientCustomizer(builder -> builder.credential("localhost", "other", lacking)),
            Subscriptions.partitionsFrom(Map.of("0", EventPosition.earliest())));
    await().atMost(PATIENCE).until(() -> warnings("com/example/Missing").size() >= 3);
    send(10, SMALL);

    awaitRead(19);
    assertThat(healthy.completion().toCompletableFuture()).isNotDone();
    assertThat(other.completion().toCompletableFuture()).isNotDone();
  }
}
