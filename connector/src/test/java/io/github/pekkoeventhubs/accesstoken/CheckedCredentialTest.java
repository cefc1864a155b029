// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.failure.AccessTokenException;
import io.github.pekkoeventhubs.failure.Causes;
import io.github.pekkoeventhubs.failure.ServiceFailure;
import java.nio.BufferUnderflowException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** What the SDK is told of a credential's failure. */
class CheckedCredentialTest {

  private static final TokenRequestContext CONTEXT = new TokenRequestContext().addScopes("scope");

  private static Throwable told(TokenCredential credential) {
    Mono<AccessToken> token = CheckedCredential.of(credential).getToken(CONTEXT);
    return Causes.unwrapped(catchThrowable(() -> token.block(Duration.ofSeconds(10))));
  }

  private static Throwable toldOfThrown(RuntimeException thrown) {
    return told(
        context -> {
          throw thrown;
        });
  }

  static Stream<RuntimeException> ofTheDecoderAsWell() {
    return Stream.of(
        new NullPointerException("no answer"),
        new ClassCastException("text"),
        new NumberFormatException("soon"),
        new IllegalArgumentException("tenant"),
        new IndexOutOfBoundsException(3),
        new BufferUnderflowException(),
        new RuntimeException(new NullPointerException("wrapped")));
  }

  @ParameterizedTest
  @MethodSource("ofTheDecoderAsWell")
  void anExceptionOfItsOwnIsAMissingToken(RuntimeException failure) {
    assertThat(Stream.of(toldOfThrown(failure), told(context -> Mono.error(failure))))
        .allSatisfy(
            told -> {
              assertThat(told).isInstanceOf(AccessTokenException.class).hasCause(failure);
              assertThat(ServiceFailure.of(told).kind()).isEqualTo(ServiceFailure.Kind.NO_TOKEN);
            });
  }

  @Test
  void aClassThatIsMissingIsNamed() {
    TokenCredential throwing =
        context -> {
          throw new NoClassDefFoundError("com/example/Missing");
        };
    TokenCredential throwingLater =
        context ->
            Mono.fromCallable(
                () -> {
                  throw new NoClassDefFoundError("com/example/Missing");
                });

    assertThat(Stream.of(told(throwing), told(throwingLater)))
        .allSatisfy(
            told ->
                assertThat(told)
                    .isInstanceOf(AccessTokenException.class)
                    .hasMessageContaining("com/example/Missing"));
  }

  @Test
  void whatIsUnderstoodAlreadyStaysWhatItIs() {
    ClientAuthenticationException refused = new ClientAuthenticationException("refused", null);

    assertThat(told(context -> Mono.error(refused))).isSameAs(refused);
    assertThat(toldOfThrown(refused)).isSameAs(refused);
  }

  @Test
  void anErrorOfTheMachineStaysWhatItIs() {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");

    assertThat(told(context -> Mono.error(error))).isSameAs(error);
    assertThat(
            told(
                context -> {
                  throw error;
                }))
        .isSameAs(error);
  }

  @Test
  void aTokenThatIsNoneIsAMissingToken() {
    assertThat(told(context -> Mono.empty())).isInstanceOf(AccessTokenException.class);
    assertThat(told(context -> Mono.just(new AccessToken("token", null))))
        .isInstanceOf(AccessTokenException.class)
        .hasMessageContaining("expiry");
  }

  @Test
  void aTokenIsPassedOnAndGivingUpEndsTheRequest() {
    AccessToken token = new AccessToken("token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1));
    AtomicBoolean cancelled = new AtomicBoolean();

    assertThat(CheckedCredential.of(context -> Mono.just(token)).getToken(CONTEXT).block())
        .isSameAs(token);
    CheckedCredential.of(context -> Mono.<AccessToken>never().doOnCancel(() -> cancelled.set(true)))
        .getToken(CONTEXT)
        .subscribe()
        .dispose();
    assertThat(cancelled).isTrue();
  }
}
