// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.github.pekkoeventhubs.failure.AccessTokenException;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A credential whose tokens are fetched once for all who ask, on threads of this library. Giving up
 * to wait does not end a fetch: whoever asks next gets its token. A token is replaced in the
 * background before it expires. After a failure the provider is left alone for a while that grows
 * from one second to thirty, in which those who ask get the same failure.
 *
 * <p>Thread-safe and never blocking, whatever the credential does.
 */
@InternalApi
public final class SharedAccessToken implements TokenCredential, AccessTokenStep {

  private final TokenCredential credential;
  private final Duration timeout;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Executor pool;
  private final Map<Asked, AccessTokenSlot> slots = new ConcurrentHashMap<>();
  private volatile TokenRequestContext lastAsked;

  /** The question that a token answers; the same question has the same token. */
  private record Asked(List<String> scopes, @Nullable String tenantId) {

    static Asked of(TokenRequestContext context) {
      return new Asked(List.copyOf(context.getScopes()), context.getTenantId());
    }
  }

  /**
   * Fetches nothing by itself.
   *
   * @param scope what the first token is asked for, before the SDK has asked for anything
   * @param timeout after which those who wait for a token are told that there is none
   */
  public SharedAccessToken(TokenCredential credential, String scope, Duration timeout) {
    this(credential, scope, timeout, Clock.systemUTC(), System::nanoTime, OwnThreads.pool());
  }

  SharedAccessToken(
      TokenCredential credential,
      String scope,
      Duration timeout,
      Clock clock,
      LongSupplier nanoTime,
      Executor pool) {
    this.credential = credential;
    this.timeout = timeout;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.pool = pool;
    this.lastAsked = new TokenRequestContext().addScopes(scope).setCaeEnabled(true);
  }

  @Override
  public Mono<Void> ready() {
    return Mono.defer(() -> token(lastAsked)).then();
  }

  @Override
  public void requestTimedOut() {
    // Its token was there before the request was sent.
  }

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext context) {
    if (context.getClaims() != null) {
      // The service wants a token that is newer than the one it was given.
      return inTime(fetched(context));
    }
    lastAsked = context;
    return Mono.defer(() -> token(context));
  }

  private Mono<AccessToken> token(TokenRequestContext context) {
    AccessTokenSlot slot =
        slots.computeIfAbsent(
            Asked.of(context),
            asked -> new AccessTokenSlot(() -> fetched(context), timeout, clock, nanoTime));
    CompletableFuture<AccessToken> token = slot.get();
    return token.isDone() ? Mono.fromFuture(token) : inTime(token);
  }

  private Mono<AccessToken> inTime(CompletableFuture<AccessToken> token) {
    // Cancelling the copy leaves the fetch alone.
    return Mono.fromFuture(token.thenApply(found -> found))
        .timeout(timeout, OwnThreads.reactorTimer())
        .onErrorResume(
            TimeoutException.class,
            late ->
                Mono.<AccessToken>error(
                        new AccessTokenException(
                            "the credential has given none within " + timeout.toMillis() + " ms",
                            late))
                    .subscribeOn(OwnThreads.reactorPool()));
  }

  private CompletableFuture<AccessToken> fetched(TokenRequestContext context) {
    CompletableFuture<AccessToken> fetched = new CompletableFuture<>();
    pool.execute(() -> fetch(context, fetched));
    return fetched;
  }

  private void fetch(TokenRequestContext context, CompletableFuture<AccessToken> fetched) {
    try {
      credential
          .getToken(context)
          .subscribe(
              token -> CheckedCredential.complete(fetched, token),
              failure -> fetched.completeExceptionally(CheckedCredential.ofCredential(failure)),
              () -> fetched.completeExceptionally(CheckedCredential.none()));
    } catch (Throwable e) {
      // A class that the credential lacks is an Error. Nobody else would say so.
      fetched.completeExceptionally(CheckedCredential.ofCredential(e));
    }
  }
}
