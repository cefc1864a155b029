// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.github.pekkoeventhubs.failure.AccessTokenException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class SharedAccessTokenTest {

  private static final TokenRequestContext CONTEXT =
      new TokenRequestContext().addScopes("https://storage.azure.com/.default");

  private final MovingClock clock = new MovingClock();
  private final List<CompletableFuture<AccessToken>> fetches = new ArrayList<>();
  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final TokenCredential credential =
      context -> {
        CompletableFuture<AccessToken> fetch = new CompletableFuture<>();
        fetches.add(fetch);
        return Mono.fromFuture(fetch);
      };

  private SharedAccessToken token(Duration timeout) {
    return new SharedAccessToken(
        credential, "https://storage.azure.com/.default", timeout, clock, clock::nanos, pool::add);
  }

  private void runPool() {
    while (!pool.isEmpty()) {
      pool.remove().run();
    }
  }

  private static final class MovingClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long nanos = -1;

    void move(Duration by) {
      now = now.plus(by);
      nanos += by.toNanos();
    }

    /** Somebody corrects the clock; no time passes. */
    void setBack(Duration by) {
      now = now.minus(by);
    }

    long nanos() {
      return nanos;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private AccessToken validFor(String text, Duration life) {
    return new AccessToken(text, clock.instant().plus(life).atOffset(ZoneOffset.UTC));
  }

  private static String value(CompletableFuture<AccessToken> asked) {
    return asked.orTimeout(20, TimeUnit.SECONDS).join().getToken();
  }

  @Test
  void allWhoAskWaitForOneFetchWhichRunsOnAnotherThread() {
    SharedAccessToken token = token(Duration.ofSeconds(30));

    CompletableFuture<Void> ready = token.ready().toFuture();
    CompletableFuture<AccessToken> one = token.getToken(CONTEXT).toFuture();
    CompletableFuture<AccessToken> other = token.getToken(CONTEXT).toFuture();
    assertThat(fetches).as("nothing runs on the thread that asks").isEmpty();
    runPool();
    assertThat(fetches).hasSize(1);

    fetches.get(0).complete(validFor("first", Duration.ofHours(1)));

    assertThat(value(one)).isEqualTo("first");
    assertThat(value(other)).isEqualTo("first");
    assertThat(ready).succeedsWithin(Duration.ofSeconds(15));
    assertThat(value(token.getToken(CONTEXT).toFuture())).isEqualTo("first");
    assertThat(fetches).hasSize(1);
  }

  @Test
  void whoeverGivesUpDoesNotEndTheFetch() {
    SharedAccessToken token = token(Duration.ofSeconds(30));

    token.getToken(CONTEXT).subscribe().dispose();
    runPool();
    CompletableFuture<AccessToken> next = token.getToken(CONTEXT).toFuture();
    fetches.get(0).complete(validFor("first", Duration.ofHours(1)));

    assertThat(value(next)).isEqualTo("first");
    assertThat(fetches).hasSize(1);
  }

  @Test
  void afterTheTimeOutThereIsNoTokenAndTheLateOneIsKept() {
    SharedAccessToken token = token(Duration.ofMillis(50));

    CompletableFuture<AccessToken> early = token.getToken(CONTEXT).toFuture();
    runPool();
    assertThat(early)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(AccessTokenException.class)
        .withMessageContaining("within 50 ms");

    fetches.get(0).complete(validFor("late", Duration.ofHours(1)));
    assertThat(value(token.getToken(CONTEXT).toFuture())).isEqualTo("late");
    assertThat(fetches).hasSize(1);
  }

  @Test
  void aTokenIsReplacedInTheBackgroundBeforeItExpires() {
    SharedAccessToken token = token(Duration.ofSeconds(30));
    token.getToken(CONTEXT).subscribe();
    runPool();
    fetches.get(0).complete(validFor("first", Duration.ofHours(1)));

    clock.move(Duration.ofMinutes(56));
    assertThat(value(token.getToken(CONTEXT).toFuture())).isEqualTo("first");
    assertThat(value(token.getToken(CONTEXT).toFuture())).isEqualTo("first");
    runPool();
    assertThat(fetches).hasSize(2);
    fetches.get(1).complete(validFor("second", Duration.ofHours(1)));
    assertThat(value(token.getToken(CONTEXT).toFuture())).isEqualTo("second");
  }

  @Test
  void aProviderThatFailsIsLeftAloneForAWhileThatGrows() {
    SharedAccessToken token = token(Duration.ofSeconds(30));
    int[] fetchesAfter = new int[2];
    for (int failure = 0; failure < 2; failure++) {
      CompletableFuture<AccessToken> asked = token.getToken(CONTEXT).toFuture();
      runPool();
      fetches.get(failure).completeExceptionally(new IllegalStateException("no network"));
      assertThat(asked).isCompletedExceptionally();
      CompletableFuture<AccessToken> atOnce = token.getToken(CONTEXT).toFuture();
      runPool();
      assertThat(atOnce).as("told the same failure").isCompletedExceptionally();
      clock.move(Duration.ofMillis(1100));
      token.getToken(CONTEXT).onErrorComplete().subscribe();
      runPool();
      fetchesAfter[failure] = fetches.size();
      clock.move(Duration.ofSeconds(1));
    }
    assertThat(fetchesAfter)
        .as("1 s after the first failure, not yet after the second")
        .isEqualTo(new int[] {2, 2});
  }

  @Test
  void aClockThatIsSetBackDoesNotKeepAnOldFailure() {
    SharedAccessToken token = token(Duration.ofSeconds(30));
    token.getToken(CONTEXT).onErrorComplete().subscribe();
    runPool();
    fetches.get(0).completeExceptionally(new IllegalStateException("no network"));

    clock.setBack(Duration.ofHours(3));
    clock.move(Duration.ofMillis(1100));
    token.getToken(CONTEXT).onErrorComplete().subscribe();
    runPool();

    assertThat(fetches).hasSize(2);
  }

  @Test
  void aClockThatIsSetBackDoesNotKeepAFetchThatIsNeverAnswered() {
    SharedAccessToken token = token(Duration.ofSeconds(30));
    token.getToken(CONTEXT).onErrorComplete().subscribe();
    runPool();

    clock.setBack(Duration.ofHours(3));
    clock.move(Duration.ofSeconds(31));
    token.getToken(CONTEXT).onErrorComplete().subscribe();
    runPool();

    assertThat(fetches).hasSize(2);
  }

  @Test
  void aCredentialThatLacksAClassHasFailed() {
    SharedAccessToken lacking =
        new SharedAccessToken(
            context -> {
              throw new NoClassDefFoundError("com/example/Missing");
            },
            "scope",
            Duration.ofSeconds(30));

    assertThat(failure(lacking))
        .isInstanceOf(AccessTokenException.class)
        .hasMessageContaining("NoClassDefFoundError: com/example/Missing");
  }

  @Test
  void aCredentialThatThrowsOrGivesNothingHasFailed() {
    SharedAccessToken throwing =
        new SharedAccessToken(
            context -> {
              throw new IllegalStateException("broken");
            },
            "scope",
            Duration.ofSeconds(30));
    SharedAccessToken empty =
        new SharedAccessToken(context -> Mono.empty(), "scope", Duration.ofSeconds(30));

    assertThat(failure(throwing))
        .isInstanceOf(AccessTokenException.class)
        .hasMessageContaining("broken");
    assertThat(failure(empty))
        .isInstanceOf(AccessTokenException.class)
        .hasMessageContaining("none");
  }

  private static Throwable failure(SharedAccessToken token) {
    try {
      token.ready().toFuture().orTimeout(20, TimeUnit.SECONDS).join();
      throw new AssertionError("there was a token");
    } catch (CompletionException e) {
      return Objects.requireNonNull(e.getCause());
    }
  }

  @Test
  void aClaimOfTheServiceIsFetchedEachTime() {
    SharedAccessToken token = token(Duration.ofSeconds(30));
    TokenRequestContext claimed = new TokenRequestContext().addScopes("x").setClaims("{}");

    token.getToken(claimed).onErrorComplete().subscribe();
    token.getToken(claimed).onErrorComplete().subscribe();
    runPool();

    assertThat(fetches).hasSize(2);
  }
}
