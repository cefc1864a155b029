// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import org.apache.pekko.annotation.InternalApi;
import reactor.core.publisher.Mono;

/**
 * The step before a request, which sees to it that there is an access token. It takes its own time,
 * and runs no code of a credential on the thread that subscribes.
 */
@InternalApi
public interface AccessTokenStep {

  /** For clients that need no token. */
  AccessTokenStep NONE =
      new AccessTokenStep() {
        @Override
        public Mono<Void> ready() {
          return Mono.empty();
        }

        @Override
        public void requestTimedOut() {
          // Its time had nothing to do with a token.
        }
      };

  /**
   * Completes when a request can be sent. Fails with what the credential has failed with, or with a
   * {@link io.github.pekkoeventhubs.failure.AccessTokenException} after the time-out for a token.
   */
  Mono<Void> ready();

  /** A request was not answered in time, and it is not known whether it had a token. */
  void requestTimedOut();
}
