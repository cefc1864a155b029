// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.failure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.pekko.annotation.InternalApi;

/**
 * A failure to get an access token, and what follows from it. An identity provider that has
 * answered 400, 401 or 403 has refused the credential, and refuses it again. Everything else may
 * pass: a provider that cannot be reached, is throttled or fails, and a credential that is not
 * available yet, as on a node whose metadata service has not started.
 *
 * @param refused whether the provider has refused the credential
 * @param reason the provider's words, or what has happened on the way to it
 */
@InternalApi
public record AccessTokenFailure(boolean refused, String reason) {

  /**
   * The exceptions of the library that azure-identity is built on; it passes them on as they are.
   */
  private static final String PROVIDERS_LIBRARY = "com.microsoft.aad.msal4j.";

  /** A class of azure-identity, which this library does not need itself. */
  private static final String NOT_AVAILABLE = "CredentialUnavailableException";

  /** The meaning of a failure that comes from getting a token; empty if it comes from elsewhere. */
  public static Optional<AccessTokenFailure> in(Throwable failure) {
    return Causes.of(failure).stream()
        .filter(AccessTokenFailure::isOfToken)
        .findFirst()
        .map(AccessTokenFailure::of);
  }

  /** The meaning of what a credential has failed with. Never fails. */
  public static AccessTokenFailure of(Throwable failure) {
    Throwable first =
        failure instanceof AccessTokenException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return new AccessTokenFailure(isRefusal(failure), Causes.messageOf(first));
  }

  /** Whether this exception itself, and not its cause, is of getting a token. */
  public static boolean isOfToken(Throwable cause) {
    return cause instanceof AccessTokenException
        || cause instanceof ClientAuthenticationException
        || cause.getClass().getName().startsWith(PROVIDERS_LIBRARY);
  }

  private static boolean isRefusal(Throwable failure) {
    for (Throwable cause : Causes.of(failure)) {
      if (cause.getClass().getSimpleName().equals(NOT_AVAILABLE)) {
        return false;
      }
      OptionalInt status = status(cause);
      if (status.isPresent()) {
        int code = status.getAsInt();
        return code == 400 || code == 401 || code == 403;
      }
    }
    return false;
  }

  private static OptionalInt status(Throwable cause) {
    if (cause instanceof HttpResponseException answered && answered.getResponse() != null) {
      return OptionalInt.of(answered.getResponse().getStatusCode());
    }
    return cause.getClass().getName().startsWith(PROVIDERS_LIBRARY)
        ? statusOfProvidersLibrary(cause)
        : OptionalInt.empty();
  }

  /** That library is on the class path of those who use azure-identity only. */
  private static OptionalInt statusOfProvidersLibrary(Throwable cause) {
    try {
      return cause.getClass().getMethod("statusCode").invoke(cause) instanceof Integer status
          ? OptionalInt.of(status)
          : OptionalInt.empty();
    } catch (ReflectiveOperationException | RuntimeException notToldByThisOne) {
      return OptionalInt.empty();
    }
  }
}
