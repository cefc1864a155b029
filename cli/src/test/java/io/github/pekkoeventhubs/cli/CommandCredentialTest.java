// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.testkit.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of a command. */
class CommandCredentialTest {

  private static final Instant NOW = Instant.parse("2026-11-29T05:00:00Z");
  private static final TokenRequestContext STORAGE =
      new TokenRequestContext().addScopes("https://storage.azure.com/.default");

  private final SettableClock clock = SettableClock.startingAt(NOW);
  private final SecretFilter secrets = new SecretFilter();

  @TempDir Path directory = Path.of("");

  private CommandCredential credential(String command) {
    return new CommandCredential(command, secrets, clock);
  }

  private AccessToken token(CommandCredential credential, TokenRequestContext request) {
    return Objects.requireNonNull(credential.getToken(request).block(Duration.ofSeconds(60)));
  }

  private static String jwt(Instant expiry) {
    String claims = "{\"aud\":\"x\",\"exp\":" + expiry.getEpochSecond() + "}";
    return "aGVhZA."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  @Test
  void theCommandIsToldTheServiceAndItsTokenIsHiddenInMessages() {
    AccessToken token = token(credential("echo \"token-for-$TOKEN_RESOURCE\""), STORAGE);

    assertThat(token.getToken()).isEqualTo("token-for-https://storage.azure.com");
    assertThat(secrets.clean("it is token-for-https://storage.azure.com!")).isEqualTo("it is ***!");
    assertThat(token.getExpiresAt().toInstant()).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
  }

  @Test
  void theCommandIsRunAgainShortlyBeforeItsTokenExpiresAndForEachService() throws Exception {
    Path runs = directory.resolve("runs");
    String token = jwt(NOW.plusSeconds(3600));
    CommandCredential credential =
        credential("echo \"$TOKEN_RESOURCE\" >> '" + runs + "'; echo " + token);

    assertThat(token(credential, STORAGE).getExpiresAt().toInstant())
        .isEqualTo(NOW.plusSeconds(3600));
    clock.advance(Duration.ofMinutes(57));
    token(credential, STORAGE);
    assertThat(Files.readAllLines(runs)).hasSize(1);
    clock.advance(Duration.ofMinutes(2));
    token(credential, STORAGE);
    assertThat(Files.readAllLines(runs)).hasSize(2);
    token(credential, new TokenRequestContext().addScopes("https://eventhubs.azure.net/.default"));
    assertThat(Files.readAllLines(runs)).last().isEqualTo("https://eventhubs.azure.net");
  }

  /** As commands do that start an agent. Each time another thread may be the first to read. */
  @Test
  void aProgramThatTheCommandLeavesBehindIsNotWaitedFor() {
    for (int i = 0; i < 10; i++) {
      assertThat(credential("sleep 20 & echo token-of-somebody").getToken(STORAGE).toFuture())
          .succeedsWithin(Duration.ofSeconds(10))
          .extracting(AccessToken::getToken)
          .isEqualTo("token-of-somebody");
    }
  }

  /** A pipe holds 64 KiB. */
  @Test
  void aLongTokenIsReadWhileTheCommandRuns() {
    AccessToken token =
        token(credential("head -c 100000 /dev/zero | tr '\\0' a; exec >&-; sleep 0.1"), STORAGE);

    assertThat(token.getToken()).hasSize(100_000);
  }

  @Test
  void theReasonIsToldInWhateverEncoding() {
    assertThatThrownBy(() -> token(credential("printf 'log in, gr\\374n\\n' >&2; exit 3"), STORAGE))
        .hasMessageContaining("exit code 3: log in, gr");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo first >&2; echo log in first >&2; exit 3 | exit code 3: log in first",
        "exit 1 | it has said nothing",
        "true | must print a token and nothing else",
        "echo '{ \"accessToken\": 1 }' | must print a token and nothing else",
        "yes token | must print a token and nothing else",
        "no-such-program-anywhere | exit code 127"
      })
  void aCommandThatGivesNoTokenIsAFailureWithItsReason(String command, String reason) {
    assertThatThrownBy(() -> token(credential(command), STORAGE))
        .isInstanceOf(ClientAuthenticationException.class)
        .hasMessageContaining("the token command")
        .hasMessageContaining(reason);
  }
}
