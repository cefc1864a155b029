// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The owners of partitions that run in this process, and which of them have been told to end. For
 * the thread of the group's actor alone.
 */
final class LocalOwners {

  private final Map<String, Owner> owners = new HashMap<>();

  private static final class Owner {
    final ActorRef<OwnerCommand> actor;
    boolean ending;

    Owner(ActorRef<OwnerCommand> actor) {
      this.actor = actor;
    }
  }

  void started(String partitionId, ActorRef<OwnerCommand> actor) {
    owners.put(partitionId, new Owner(actor));
  }

  /** Tells the partition's owner to end, unless that has been done. */
  void end(String partitionId, String reason) {
    Owner owner = owners.get(partitionId);
    if (owner != null && !owner.ending) {
      owner.ending = true;
      owner.actor.tell(new OwnerCommand.Stop(reason));
    }
  }

  /** Ends the owners of partitions that the event hub does not have any more. */
  void endAllBut(Set<String> partitionIds) {
    owners.keySet().stream()
        .filter(partitionId -> !partitionIds.contains(partitionId))
        .forEach(partitionId -> end(partitionId, "the event hub has no such partition any more"));
  }

  /** Forgets an owner that has ended; false if the partition has another one by now. */
  boolean ended(String partitionId, ActorRef<OwnerCommand> actor) {
    Owner owner = owners.get(partitionId);
    if (owner == null || !owner.actor.equals(actor)) {
      return false;
    }
    owners.remove(partitionId);
    return true;
  }

  /** The partitions that this process has claimed or is claiming, and is not giving away. */
  Set<String> held() {
    return partitionIds(false);
  }

  /** The partitions whose owner has been told to end. */
  Set<String> ending() {
    return partitionIds(true);
  }

  private Set<String> partitionIds(boolean ending) {
    return owners.entrySet().stream()
        .filter(owner -> owner.getValue().ending == ending)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Has the owners check their claims whose records name somebody else. An owner knows better: the
   * record may have been listed before it was claimed.
   */
  void checkClaims(String ownerId, Map<String, StoredOwnership> records) {
    owners.forEach(
        (partitionId, owner) -> {
          StoredOwnership record = records.get(partitionId);
          if (!owner.ending && (record == null || !record.ownerId().equals(ownerId))) {
            owner.actor.tell(new OwnerCommand.DoubtClaim());
          }
        });
  }
}
