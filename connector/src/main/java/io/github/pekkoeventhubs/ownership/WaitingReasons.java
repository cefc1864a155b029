// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.failure.AccessTokenFailure;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.Trouble;

/**
 * Says for what a partition waits, from the state of its life, the trouble that it has, and its run
 * in the stream. Pure.
 */
final class WaitingReasons {

  private WaitingReasons() {}

  /** For what a partition waits that has no trouble, while its events cannot be emitted. */
  static WaitsFor ofState(State life, Link link) {
    return switch (life) {
      case WAITING, HOLDING, PARKED, STOPPED -> WaitsFor.CLAIM;
      case LOOKING, CLAIMING, FENCING, FLUSHING, RELEASING -> WaitsFor.STORE;
      case RUNNING -> link == Link.VERIFYING ? WaitsFor.STORE : WaitsFor.CONNECTION;
      case DRAINING, USER_FINISHING -> WaitsFor.STREAM;
      case ACKNOWLEDGING -> WaitsFor.ACKNOWLEDGEMENTS;
    };
  }

  /** For what a step waits that has failed with this error and is being tried again. */
  static WaitsFor ofTrouble(Trouble trouble, Throwable error) {
    return switch (trouble) {
      case CLAIM, RENEWAL, CHECKPOINT ->
          AccessTokenFailure.in(error).isPresent()
              ? WaitsFor.TOKEN
              : error instanceof ServiceUnavailableException ? WaitsFor.CONNECTION : WaitsFor.STORE;
      case LINK, SERVICE ->
          AccessTokenFailure.in(error).isPresent()
              ? WaitsFor.TOKEN
              : error instanceof PartitionStoreException ? WaitsFor.STORE : WaitsFor.CONNECTION;
      case STREAM -> WaitsFor.STREAM;
    };
  }
}
