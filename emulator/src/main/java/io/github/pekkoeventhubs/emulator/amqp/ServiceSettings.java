// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the service.
 *
 * @param port 0 for any that is free
 * @param maxMessageSize in bytes, of one event or batch
 * @param preSettled whether events are sent settled, that is without waiting for the receiver's
 *     confirmation
 * @param sharedAccessKeys key by key name
 * @param verifySas whether tokens are checked; otherwise every client may do everything
 * @param clock gives enqueued times, ages for retention and the expiry of tokens
 * @param idleTimeout after which a client that says nothing is told so and, after as long again,
 *     disconnected
 * @param directory where events are kept beyond the end; null keeps them in memory only
 */
@Internal
public record ServiceSettings(
    int port,
    int maxMessageSize,
    boolean preSettled,
    Map<String, String> sharedAccessKeys,
    boolean verifySas,
    OffsetFormat offsetFormat,
    Retention retention,
    Clock clock,
    Duration idleTimeout,
    @Nullable Path directory) {
  /** Names no secret. */
  @Override
  public String toString() {
    return "ServiceSettings[port=%d, maxMessageSize=%d, preSettled=%s, verifySas=%s, offsetFormat=%s, retention=%s]"
        .formatted(port, maxMessageSize, preSettled, verifySas, offsetFormat, retention);
  }
}
