// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import io.github.pekkoeventhubs.StageFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Access tokens that a command of the user prints, such as the one of the Azure command line. It is
 * told by a variable for which service, and is run again shortly before a token expires.
 */
final class CommandCredential implements TokenCredential {

  /** The variable that names the service to the command. */
  static final String RESOURCE = "TOKEN_RESOURCE";

  /** The value of the variable for Event Hubs. */
  static final String EVENT_HUBS = "https://eventhubs.azure.net";

  /** The value of the variable for the storage account. */
  static final String STORAGE = "https://storage.azure.com";

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** The time between two looks at the output of the command. */
  private static final long LOOK_MILLIS = 10;

  /** In bytes. A token has a few thousand. */
  private static final int LONGEST_TOKEN = 1024 * 1024;

  /** A token is asked for anew so long before it expires. */
  private static final Duration EARLY = Duration.ofMinutes(2);

  /** For how long a token is used that does not say when it expires. */
  private static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(5);

  private static final Pattern EXPIRY = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,12})");

  private final String command;
  private final SecretFilter secrets;
  private final Clock clock;
  private final Map<String, AccessToken> tokens = new HashMap<>();

  CommandCredential(String command, SecretFilter secrets, Clock clock) {
    this.command = command;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext request) {
    return Mono.fromCallable(() -> token(resource(request)))
        .subscribeOn(Schedulers.boundedElastic());
  }

  /**
   * Waits for a token of this service before a request needs one: an answer is waited for less long
   * than the command, and its absence would be put down to the service.
   *
   * @throws ClientAuthenticationException if the command gives none, with its reason
   */
  void prepare(String resource) {
    token(resource);
  }

  private static String resource(TokenRequestContext request) {
    return request.getScopes().get(0).replaceFirst("/\\.default$", "");
  }

  /** One command at a time, whose token serves all who wait for it. */
  private synchronized AccessToken token(String resource) {
    AccessToken known = tokens.get(resource);
    if (known != null && now().isBefore(known.getExpiresAt().toInstant().minus(EARLY))) {
      return known;
    }
    String text = run(resource);
    secrets.learnValue(text);
    AccessToken token = new AccessToken(text, expiry(text));
    tokens.put(resource, token);
    return token;
  }

  private Instant now() {
    return clock.instant();
  }

  private OffsetDateTime expiry(String token) {
    String[] parts = token.split("\\.", -1);
    Instant expiry = now().plus(UNKNOWN_LIFETIME);
    if (parts.length == 3) {
      try {
        Matcher found =
            EXPIRY.matcher(
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
        expiry = found.find() ? Instant.ofEpochSecond(Long.parseLong(found.group(1))) : expiry;
      } catch (IllegalArgumentException e) {
        return expiry.atOffset(ZoneOffset.UTC);
      }
    }
    return expiry.atOffset(ZoneOffset.UTC);
  }

  private String run(String resource) {
    try {
      Path errors = Files.createTempFile("eventhubs-token", ".err");
      try {
        return run(resource, errors);
      } finally {
        Files.deleteIfExists(errors);
      }
    } catch (IOException e) {
      throw failed("could not be run: " + StageFailure.messageOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was interrupted");
    }
  }

  private String run(String resource, Path errors) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(shell()).redirectError(errors.toFile());
    builder.environment().put(RESOURCE, resource);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String text = printed(process);
      if (process.exitValue() != 0) {
        throw failed("ended with exit code " + process.exitValue() + ": " + lastLine(errors));
      }
      if (text.isEmpty() || text.matches("(?s).*\\s.*")) {
        throw noToken();
      }
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> shell() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    return windows ? List.of("cmd", "/c", command) : List.of("sh", "-c", command);
  }

  /**
   * Returns what the command itself has printed when it ends. A program that it leaves behind has
   * the same pipe, whose end may never come: only what is there is read, which does not block.
   */
  private static String printed(Process process) throws IOException, InterruptedException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (InputStream output = process.getInputStream()) {
      long begun = System.nanoTime();
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        readWhatIsThere(output, printed);
        if (System.nanoTime() - begun > LONGEST.toNanos()) {
          throw failed("did not end within " + LONGEST.toSeconds() + " s");
        }
      }
      readWhatIsThere(output, printed);
    }
    return printed.toString(StandardCharsets.UTF_8).trim();
  }

  private static void readWhatIsThere(InputStream output, ByteArrayOutputStream printed)
      throws IOException {
    for (int bytes = output.available(); bytes > 0; bytes = output.available()) {
      printed.write(output.readNBytes(bytes));
      if (printed.size() > LONGEST_TOKEN) {
        throw noToken();
      }
    }
  }

  /** The text may be in any encoding: what is not UTF-8 is shown as a replacement character. */
  private static String lastLine(Path errors) throws IOException {
    return new String(Files.readAllBytes(errors), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((first, second) -> second)
        .orElse("it has said nothing on standard error");
  }

  private static ClientAuthenticationException noToken() {
    return failed("must print a token and nothing else");
  }

  private static ClientAuthenticationException failed(String what) {
    return new ClientAuthenticationException("the token command " + what, null);
  }
}
