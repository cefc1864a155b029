// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.failure.ServiceFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/** Each failure of the SDK has one meaning, whatever was put around it. */
class ServiceFailurePropertyTest {

  /** The conditions that last. All others are tried again. */
  private static final Set<AmqpErrorCondition> LASTING =
      Set.of(
          AmqpErrorCondition.UNAUTHORIZED_ACCESS,
          AmqpErrorCondition.PUBLISHER_REVOKED_ERROR,
          AmqpErrorCondition.ARGUMENT_ERROR,
          AmqpErrorCondition.ARGUMENT_OUT_OF_RANGE_ERROR,
          AmqpErrorCondition.NOT_ALLOWED,
          AmqpErrorCondition.NOT_IMPLEMENTED,
          AmqpErrorCondition.ENTITY_DISABLED_ERROR,
          AmqpErrorCondition.LINK_PAYLOAD_SIZE_EXCEEDED);

  @Provide
  static Arbitrary<List<UnaryOperator<Throwable>>> wrappings() {
    return Arbitraries.<UnaryOperator<Throwable>>of(
            CompletionException::new,
            ExecutionException::new,
            RuntimeException::new,
            Exceptions::propagate,
            thrown -> Exceptions.retryExhausted("tired", thrown))
        .list()
        .ofMaxSize(6);
  }

  private static Throwable wrapped(Throwable failure, List<UnaryOperator<Throwable>> wrappings) {
    Throwable result = failure;
    for (UnaryOperator<Throwable> wrapping : wrappings) {
      result = wrapping.apply(result);
    }
    return result;
  }

  private static AmqpException amqp(boolean mayPass, @Nullable AmqpErrorCondition condition) {
    return condition == null
        ? new AmqpException(mayPass, "words of the service", null)
        : new AmqpException(mayPass, condition, "words of the service", null);
  }

  @Property(tries = 3000)
  void aConditionDecidesWhateverTheSdkSaysOfIt(
      @ForAll AmqpErrorCondition condition,
      @ForAll boolean saidToPass,
      @ForAll("wrappings") List<UnaryOperator<Throwable>> wrappings) {
    AmqpException cause = amqp(saidToPass, condition);

    ServiceFailure failure = ServiceFailure.of(wrapped(cause, wrappings));

    assertThat(failure.cause()).isSameAs(cause);
    assertThat(failure.condition()).hasValue(condition);
    assertThat(failure.mayPass()).isEqualTo(!LASTING.contains(condition));
    assertThat(failure.text()).isEqualTo("words of the service");
  }

  @Provide
  static Arbitrary<Throwable> anything() {
    return Arbitraries.of(
        new TimeoutException("late"),
        new IOException("broken pipe"),
        new UncheckedIOException(new ConnectException()),
        new IllegalStateException("disposed"),
        new IllegalArgumentException("no such position"),
        new UnsupportedOperationException("amqp:not-allowed"),
        new RejectedExecutionException("closed"),
        new CancellationException("cancelled"),
        new ClassCastException("a bug"),
        new NullPointerException(),
        amqp(true, null),
        amqp(false, null),
        new RuntimeException());
  }

  @Property(tries = 3000)
  void everyFailureHasAMeaningThatTheWrappingsDoNotChange(
      @ForAll("anything") Throwable cause,
      @ForAll("wrappings") List<UnaryOperator<Throwable>> wrappings) {
    ServiceFailure plain = ServiceFailure.of(cause);
    ServiceFailure wrapped = ServiceFailure.of(wrapped(cause, wrappings));

    assertThat(wrapped.kind()).isEqualTo(plain.kind());
    assertThat(wrapped.text()).isNotNull();
  }

  @Example
  void aMessageThatIsTooLargeForALinkWithoutALimitHasLostItsLink() {
    String limit = "Size of the payload exceeded maximum message size: ";
    assertThat(ServiceFailure.of(tooLarge("Error sending. " + limit + "0 kb")).kind())
        .isEqualTo(Kind.DISCONNECTED);
    assertThat(ServiceFailure.of(tooLarge("Error sending. " + limit + "1024 kb")).kind())
        .isEqualTo(Kind.TOO_LARGE);
    assertThat(ServiceFailure.of(tooLarge(limit + "0 kb")).kind())
        .as("a batch of less than 1 kB")
        .isEqualTo(Kind.TOO_LARGE);
  }

  private static AmqpException tooLarge(String words) {
    return new AmqpException(false, AmqpErrorCondition.LINK_PAYLOAD_SIZE_EXCEEDED, words, null);
  }

  @Example
  void whatIsUnknownIsTriedAgain() {
    assertThat(ServiceFailure.of(new ClassCastException("a bug")).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(ServiceFailure.of(amqp(false, null)).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(Kind.UNKNOWN.mayPass()).isTrue();
  }

  @Example
  void aCauseCountsMoreThanTheTypeAroundIt() {
    assertThat(
            ServiceFailure.of(new IllegalArgumentException("bad", new IOException("reset"))).kind())
        .isEqualTo(Kind.DISCONNECTED);
    assertThat(ServiceFailure.of(new IllegalArgumentException("bad")).kind())
        .isEqualTo(Kind.ARGUMENT_REFUSED);
  }

  @Example
  void causesThatFormACircleEndSomewhere() {
    Exception one = new Exception("one");
    Exception other = new Exception("other", one);
    one.initCause(other);

    assertThat(ServiceFailure.of(one).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Property
  void anAnswerOfTheIdentityProviderDecides(
      @ForAll("statuses") int status,
      @ForAll("wrappings") List<UnaryOperator<Throwable>> wrappings) {
    Throwable failure =
        wrapped(
            new ClientAuthenticationException("invalid_client", new AnsweredStatus(status)),
            wrappings);

    ServiceFailure meaning = ServiceFailure.of(failure);

    boolean refused = status == 400 || status == 401 || status == 403;
    assertThat(meaning.kind()).isEqualTo(refused ? Kind.TOKEN_REFUSED : Kind.NO_TOKEN);
    assertThat(meaning.mayPass()).isEqualTo(!refused);
    assertThat(meaning.text()).contains("invalid_client");
  }

  @Provide
  static Arbitrary<Integer> statuses() {
    return Arbitraries.of(400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504);
  }

  @Example
  void aProviderThatHasNotAnsweredMayAnswerLater() {
    assertThat(
            ServiceFailure.of(
                    new ClientAuthenticationException(
                        "no metadata service", null, new UnknownHostException()))
                .kind())
        .isEqualTo(Kind.NO_TOKEN);
    assertThat(ServiceFailure.of(new CredentialUnavailableException("starting")).kind())
        .isEqualTo(Kind.NO_TOKEN);
  }

  /**
   * As azure-identity names it; that one is passing also where the metadata service answers 400.
   */
  private static final class CredentialUnavailableException extends ClientAuthenticationException {
    private static final long serialVersionUID = 1L;

    CredentialUnavailableException(String message) {
      super(message, new AnsweredStatus(400));
    }
  }
}
