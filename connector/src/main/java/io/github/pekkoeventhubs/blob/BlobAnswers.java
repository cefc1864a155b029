// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import io.github.pekkoeventhubs.blob.BlobAnswer.Absent;
import io.github.pekkoeventhubs.blob.BlobAnswer.Failed;
import io.github.pekkoeventhubs.blob.BlobAnswer.Refused;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a status with the service's error code. Lists say which answers count as absent or
 * as refused: everything else is a failure with words of its own. An answer without the code comes
 * from something in front of the service: a gateway, a proxy, a mesh, its own front door. Total,
 * and without state.
 */
final class BlobAnswers {

  private static final int CONDITION_NOT_MET = 412;

  private BlobAnswers() {}

  /**
   * The meaning of an answer.
   *
   * @param code the service's error code; null if the answer has none
   */
  static BlobAnswer of(
      BlobRequest asked, int status, @Nullable String code, Optional<Duration> retryAfter) {
    Optional<BlobProblem> passing = passing(status);
    if (passing.isPresent()) {
      return new Failed(passing.get(), retryAfter);
    }
    return code == null ? withoutCode(asked, status) : withCode(asked, status, code);
  }

  /** Azure throttles with 503 and, from its front door, with 429. */
  private static Optional<BlobProblem> passing(int status) {
    if (status == 429 || status == 503) {
      return Optional.of(BlobProblem.THROTTLED);
    }
    return status == 408 || (status >= 500 && status <= 599)
        ? Optional.of(BlobProblem.FAILING)
        : Optional.empty();
  }

  /** A refused condition needs no code: whoever is refused reads the blob again anyway. */
  private static BlobAnswer withoutCode(BlobRequest asked, int status) {
    if (status == CONDITION_NOT_MET && asked.isConditional()) {
      return new Refused();
    }
    return new Failed(
        status == 401 || status == 403 ? BlobProblem.NOT_AUTHORIZED : BlobProblem.NOT_THE_SERVICE);
  }

  private static BlobAnswer withCode(BlobRequest asked, int status, String code) {
    if (code.equals("BlobNotFound") && asked == BlobRequest.READ) {
      return new Absent();
    }
    return isRefusal(asked, status, code) ? new Refused() : new Failed(problem(status, code));
  }

  /** A blob that was deleted has no version either: services answer 412 or 404. */
  private static boolean isRefusal(BlobRequest asked, int status, String code) {
    return switch (code) {
      case "BlobAlreadyExists" -> asked == BlobRequest.CREATE;
      case "BlobNotFound" -> asked == BlobRequest.REPLACE;
      case "ConditionNotMet" -> status == CONDITION_NOT_MET && asked.isConditional();
      default -> false;
    };
  }

  private static BlobProblem problem(int status, String code) {
    return switch (code) {
      case "ContainerNotFound", "ContainerBeingDeleted" -> BlobProblem.NO_CONTAINER;
      case "ContainerDisabled" -> BlobProblem.CONTAINER_DISABLED;
      case "InvalidResourceName", "OutOfRangeInput" -> BlobProblem.INVALID_NAME;
      case "AccountIsDisabled" -> BlobProblem.ACCOUNT_DISABLED;
      case "KeyBasedAuthenticationNotPermitted" -> BlobProblem.KEYS_NOT_PERMITTED;
      case "AuthorizationSourceIPMismatch" -> BlobProblem.WRONG_NETWORK;
      case "LeaseIdMissing",
          "LeaseIdMismatchWithBlobOperation",
          "LeaseIdMismatchWithContainerOperation",
          "LeaseLost" ->
          BlobProblem.LEASED;
      case "BlobImmutableDueToPolicy" -> BlobProblem.IMMUTABLE;
      case "PathConflict", "PathAlreadyExists", "ResourceTypeMismatch" -> BlobProblem.NAME_TAKEN;
      case "InvalidBlobType" -> BlobProblem.WRONG_BLOB_TYPE;
      case "BlobArchived", "BlobBeingRehydrated" -> BlobProblem.ARCHIVED;
      case "InvalidHeaderValue", "UnsupportedHeader", "FeatureVersionMismatch" ->
          BlobProblem.UNKNOWN_VERSION;
      default ->
          status == 401 || status == 403 ? BlobProblem.NOT_AUTHORIZED : BlobProblem.NOT_ACCEPTED;
    };
  }
}
