// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import io.github.pekkoeventhubs.blob.BlobAnswer.Failed;
import io.github.pekkoeventhubs.failure.AccessTokenFailure;
import io.github.pekkoeventhubs.failure.Causes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Translates a failed request into its meaning: by what its causes say, the answer's status and
 * code before anything else, and by its type where they say nothing. Nothing here fails.
 */
final class BlobFailures {

  private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");

  private BlobFailures() {}

  /** The meaning of the failure of a request. */
  static BlobAnswer meaning(BlobRequest asked, Throwable failure) {
    Optional<BlobRequestException> known = Causes.find(failure, BlobRequestException.class);
    if (known.isPresent()) {
      return new Failed(known.get().problem(), known.get().retryAfter());
    }
    Optional<AccessTokenFailure> token = AccessTokenFailure.in(failure);
    if (token.isPresent()) {
      return new Failed(token.get().refused() ? BlobProblem.TOKEN_REFUSED : BlobProblem.NO_TOKEN);
    }
    HttpResponse answer = answer(failure);
    return answer == null
        ? new Failed(withoutAnswer(failure))
        : BlobAnswers.of(
            asked, answer.getStatusCode(), code(answer), RetryAfter.of(answer.getHeaders()));
  }

  /** The failure with its meaning, for those who made the request. */
  static BlobRequestException describe(Failed answer, Throwable failure, Duration requestTimeout) {
    return Causes.find(failure, BlobRequestException.class)
        .orElseGet(
            () -> new BlobRequestException(answer, detail(failure, requestTimeout), failure));
  }

  private static BlobProblem withoutAnswer(Throwable failure) {
    for (Throwable cause : Causes.of(failure)) {
      if (cause instanceof IOException || cause instanceof TimeoutException) {
        return BlobProblem.SILENT;
      }
    }
    // The SDK's own checks of what it is given.
    return Causes.unwrapped(failure) instanceof IllegalArgumentException
        ? BlobProblem.NOT_ACCEPTED
        : BlobProblem.UNKNOWN;
  }

  private static String detail(Throwable failure, Duration requestTimeout) {
    Optional<AccessTokenFailure> token = AccessTokenFailure.in(failure);
    if (token.isPresent()) {
      return token.get().reason();
    }
    HttpResponse answer = answer(failure);
    if (answer != null) {
      String code = code(answer);
      return "HTTP "
          + answer.getStatusCode()
          + (code == null ? " without an error code of the service" : " " + code);
    }
    Throwable cause = Causes.unwrapped(failure);
    if (cause instanceof TimeoutException) {
      return "no answer within " + requestTimeout.toMillis() + " ms";
    }
    return withoutAnswer(failure) == BlobProblem.SILENT
        ? "connection failed: " + reason(cause)
        : cause.toString();
  }

  private static @Nullable HttpResponse answer(Throwable failure) {
    return Causes.find(failure, HttpResponseException.class)
        .map(HttpResponseException::getResponse)
        .orElse(null);
  }

  private static @Nullable String code(HttpResponse answer) {
    String code = answer.getHeaders().getValue(ERROR_CODE);
    return code == null || code.isBlank() ? null : code;
  }

  /** The JDK's client says neither of these in its message. */
  private static String reason(Throwable failure) {
    boolean refused = false;
    for (Throwable cause : Causes.of(failure)) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return "unknown host";
      }
      refused |= cause instanceof ConnectException && cause.getMessage() == null;
    }
    return refused ? "connection refused" : failure.toString();
  }
}
