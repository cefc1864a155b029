// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.HttpResponseException;
import io.github.pekkoeventhubs.failure.AccessTokenException;
import io.github.pekkoeventhubs.failure.AccessTokenFailure;
import io.github.pekkoeventhubs.failure.Causes;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * A credential whose failures say that they come from a credential. Any other exception could as
 * well be one of the SDK's decoder, and a class that a credential lacks would end the SDK's I/O
 * thread, which serves other streams too. An error of the machine, such as an {@link
 * OutOfMemoryError}, stays what it is. Any thread, and as blocking as the credential.
 */
final class CheckedCredential implements TokenCredential {

  /** The SDK looks for its own credentials, of keys and signatures, by their class. */
  private static final String SDK = "com.azure.messaging.eventhubs.";

  private final TokenCredential credential;

  private CheckedCredential(TokenCredential credential) {
    this.credential = credential;
  }

  /** The credential for the SDK. */
  static TokenCredential of(TokenCredential credential) {
    return credential instanceof CheckedCredential
            || credential.getClass().getName().startsWith(SDK)
        ? credential
        : new CheckedCredential(credential);
  }

  /** The SDK asks for tokens in this way only. */
  @Override
  public Mono<AccessToken> getToken(TokenRequestContext context) {
    return Mono.deferContextual(view -> asked(context, view));
  }

  /**
   * The future keeps what follows a token out of the part that catches: an error there is not the
   * credential's.
   */
  private Mono<AccessToken> asked(TokenRequestContext context, ContextView view) {
    CompletableFuture<AccessToken> token = new CompletableFuture<>();
    Disposable request =
        checked(
            () ->
                credential
                    .getToken(context)
                    .contextWrite(view)
                    .subscribe(
                        found -> complete(token, found),
                        failure -> token.completeExceptionally(meaning(failure)),
                        () -> token.completeExceptionally(none())));
    return Mono.fromFuture(token).doOnCancel(request::dispose);
  }

  private static Disposable checked(Supplier<Disposable> request) {
    try {
      return request.get();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      // A class that the credential lacks is an Error.
      throw meaning(e) instanceof RuntimeException meaning ? meaning : ofCredential(e);
    }
  }

  /** The failure if it is understood, or else an exception that names the credential. */
  private static Throwable meaning(Throwable failure) {
    return failure instanceof VirtualMachineError || isUnderstood(Causes.unwrapped(failure))
        ? failure
        : ofCredential(failure);
  }

  /** Whether nobody takes the failure for one of the SDK in this process. */
  private static boolean isUnderstood(Throwable failure) {
    return AccessTokenFailure.isOfToken(failure)
        || failure instanceof HttpResponseException
        || failure instanceof AmqpException;
  }

  /** Gives those who wait the token, or the reason why it is none. */
  static void complete(CompletableFuture<AccessToken> asked, AccessToken token) {
    if (token.getExpiresAt() == null) {
      asked.completeExceptionally(
          new AccessTokenException("the credential has given one without a time of expiry", null));
    } else {
      asked.complete(token);
    }
  }

  /** Says that it is a credential which has failed. */
  static AccessTokenException ofCredential(Throwable failure) {
    return new AccessTokenException(
        "the credential has failed: " + Causes.messageOf(failure), failure);
  }

  /** The credential has ended without a token and without a failure. */
  static AccessTokenException none() {
    return new AccessTokenException("the credential has given none", null);
  }
}
