// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.group.ClaimTimes;
import io.github.pekkoeventhubs.group.ClusterTimeouts;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.SystemEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** Partitions that this process shares with others through the store alone. One per stream. */
@InternalApi
public final class BalancedPlacement implements Placement {

  private final ActorSystem<?> system;
  private final CompletableFuture<Done> left = new CompletableFuture<>();

  public BalancedPlacement(ActorSystem<?> system) {
    this.system = system;
  }

  /** Level 0, as the official processors: of equal levels the newest displaces the others. */
  @Override
  public @Nullable Long ownerLevel(ConsumerSettings settings) {
    return 0L;
  }

  @Override
  public void join(StreamOfGroup stream) {
    check(stream.settings());
    ClaimTimes.check(stream.settings());
    ClusterTimeouts.checkShutdown(system, stream);
    BalancedGroups.get(system).join(stream);
  }

  @Override
  public CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
    BalancedGroups.get(system).group(stream).tell(new BalancedGroup.Leave(stream, reason, left));
    return SystemEnd.of(system).completes(left);
  }

  private static void check(ConsumerSettings settings) {
    OwnershipSettings ownership = settings.ownership();
    BalancedSettings balanced = settings.balanced();
    Duration renewal = balanced.mixedRenewalInterval();
    if (renewal.multipliedBy(2).compareTo(ownership.expiry()) > 0
        || renewal.compareTo(ownership.validity()) >= 0) {
      throw new InvalidSettingsException(
          "balanced.mixed-renewal-interval ("
              + DurationText.of(renewal)
              + ") must be at most half of ownership.expiry ("
              + DurationText.of(ownership.expiry())
              + ") and shorter than ownership.validity ("
              + DurationText.of(ownership.validity())
              + ")");
    }
    Duration needed = balanced.balancingInterval().plus(settings.handoverTimeout());
    if (balanced.handOverDeadline().compareTo(needed) < 0) {
      throw new InvalidSettingsException(
          "balanced.hand-over-deadline ("
              + DurationText.of(balanced.handOverDeadline())
              + ") must be at least balanced.balancing-interval and handover-timeout together ("
              + DurationText.of(needed)
              + "): a neighbour reads after the one that it is asked for a partition, and drains"
              + " for as long as the other");
    }
  }
}
