// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ownership records as this process has observed them, and since when each is as it is. A claim
 * has expired when it has not been renewed for long enough by the clock of the store, or when its
 * record has not changed for as long by the monotonic clock of this process. The time of day on
 * this machine plays no part.
 */
final class ObservedOwnerships {

  private final Duration expiry;
  private final Duration patience;
  private final Map<String, Observation> observed = new HashMap<>();

  /** The partitions that were not observed again since an interruption. */
  private final Set<String> beforeInterruption = new HashSet<>();

  /**
   * @param expiry how long a claim without renewal is respected
   * @param patience how long a request or a free partition may stay as it is
   */
  ObservedOwnerships(Duration expiry, Duration patience) {
    this.expiry = expiry;
    this.patience = patience;
  }

  /** The earlier observations if they go by the same times, or else none. */
  static ObservedOwnerships continuing(
      @Nullable ObservedOwnerships earlier, ConsumerSettings settings) {
    Duration expiry = settings.ownership().expiry();
    Duration patience = settings.balanced().handOverDeadline();
    return earlier != null && earlier.expiry.equals(expiry) && earlier.patience.equals(patience)
        ? earlier
        : new ObservedOwnerships(expiry, patience);
  }

  /**
   * Nothing is observed for a while, since no stream needs it. After that only a record that is
   * still the same counts as observed all the time: a stream that fails again and again must not
   * have this process wait anew each time.
   */
  void interrupted() {
    beforeInterruption.addAll(observed.keySet());
  }

  /** The version of a record, its owner and requester, and since when it has had them. */
  private record Observation(
      String version, long unchangedSince, String owner, String requester, long soSince) {}

  /**
   * The partitions in the form that the policy decides on.
   *
   * @param records the newest of each partition that has one
   */
  Collection<BalancingPolicy.Partition> observe(
      Collection<String> partitionIds, Map<String, StoredOwnership> records, long nanoTime) {
    return partitionIds.stream()
        .map(id -> observe(id, Optional.ofNullable(records.get(id)), nanoTime))
        .toList();
  }

  private BalancingPolicy.Partition observe(
      String partitionId, Optional<StoredOwnership> record, long nanoTime) {
    String version = record.map(StoredOwnership::version).orElse("");
    @Nullable Observation before = observed.get(partitionId);
    if (beforeInterruption.remove(partitionId)
        && before != null
        && !before.version().equals(version)) {
      before = null;
    }
    long unchangedSince =
        before != null && before.version().equals(version) ? before.unchangedSince() : nanoTime;
    boolean isLive =
        record.isPresent()
            && record.get().isLive(expiry)
            && nanoTime - unchangedSince < expiry.toNanos();
    String owner = isLive ? record.get().ownerId() : "";
    String requester = record.flatMap(StoredOwnership::handOverRequester).orElse("");
    long soSince =
        before != null && before.owner().equals(owner) && before.requester().equals(requester)
            ? before.soSince()
            : nanoTime;
    observed.put(partitionId, new Observation(version, unchangedSince, owner, requester, soSince));
    return new BalancingPolicy.Partition(
        partitionId,
        owner,
        record.map(ObservedOwnerships::handsOver).orElse(false),
        requester,
        nanoTime - soSince >= patience.toNanos());
  }

  /** Only claims of ours carry a token. */
  static boolean handsOver(StoredOwnership record) {
    return record.entries().containsKey(StoredOwnership.CLAIM_TOKEN);
  }
}
