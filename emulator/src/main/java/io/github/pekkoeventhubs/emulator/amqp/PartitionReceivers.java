// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The receivers of one partition in one consumer group, and the rules of owner levels (epochs): one
 * receiver with the highest level, of equal ones the newest; or up to five without a level.
 */
final class PartitionReceivers {
  static final int MAX_WITHOUT_OWNER_LEVEL = 5;

  private final List<Subscription> subscriptions = new ArrayList<>();

  /**
   * Takes the subscription in and disconnects those it supersedes.
   *
   * @throws ServiceException if the rules do not admit it
   */
  void add(Subscription newcomer) {
    Long level = newcomer.ownerLevel();
    if (level == null) {
      admitWithoutOwnerLevel();
    } else {
      admit(newcomer, level);
    }
    subscriptions.add(newcomer);
  }

  void remove(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  List<Subscription> all() {
    return List.copyOf(subscriptions);
  }

  void wake() {
    for (Subscription subscription : subscriptions) {
      subscription.sink().wake();
    }
  }

  private void admitWithoutOwnerLevel() {
    Optional<Subscription> owner = owner();
    if (owner.isPresent()) {
      owner.get().sink().refusedAnother();
      throw new ServiceException(
          ErrorConditions.LINK_STOLEN,
          ("At least one receiver for the endpoint is created with epoch of '%s', and so non-epoch"
                  + " receiver is not allowed. Either reconnect with a higher epoch, or make sure"
                  + " all epoch receivers are closed or disconnected.")
              .formatted(owner.get().ownerLevel()));
    }
    if (subscriptions.size() >= MAX_WITHOUT_OWNER_LEVEL) {
      throw new ServiceException(
          ErrorConditions.RESOURCE_LIMIT_EXCEEDED,
          ("Exceeded the maximum number of allowed receivers per partition in a consumer group"
                  + " which is %d. List of connected receivers - %s.")
              .formatted(
                  MAX_WITHOUT_OWNER_LEVEL,
                  subscriptions.stream()
                      .map(Subscription::receiverName)
                      .collect(Collectors.joining(", "))));
    }
  }

  private void admit(Subscription newcomer, long level) {
    Optional<Subscription> owner = owner();
    if (owner.isPresent() && levelOf(owner.get()) > level) {
      owner.get().sink().refusedAnother();
      throw new ServiceException(
          ErrorConditions.LINK_STOLEN,
          ("Receiver '%s' with a higher epoch '%s' already exists. Receiver '%s' with epoch %s"
                  + " cannot be created. Make sure you are creating receiver with increasing epoch"
                  + " value to ensure connectivity, or ensure all old epoch receivers are closed or"
                  + " disconnected.")
              .formatted(
                  owner.get().receiverName(),
                  owner.get().ownerLevel(),
                  newcomer.receiverName(),
                  level));
    }
    List<Subscription> superseded = all();
    subscriptions.clear();
    for (Subscription old : superseded) {
      old.sink().detach(stolenBy(newcomer, old));
    }
  }

  private static ServiceException stolenBy(Subscription newcomer, Subscription old) {
    return new ServiceException(
        ErrorConditions.LINK_STOLEN,
        ("New receiver '%s' with higher epoch of '%s' is created hence current receiver '%s' with"
                + " epoch '%s' is getting disconnected. If you are recreating the receiver, make"
                + " sure a higher epoch is used.")
            .formatted(
                newcomer.receiverName(),
                newcomer.ownerLevel(),
                old.receiverName(),
                old.ownerLevel() == null ? "" : old.ownerLevel()));
  }

  private Optional<Subscription> owner() {
    return subscriptions.stream()
        .filter(subscription -> subscription.ownerLevel() != null)
        .max(Comparator.comparingLong(PartitionReceivers::levelOf));
  }

  private static long levelOf(Subscription owner) {
    return Objects.requireNonNull(owner.ownerLevel());
  }
}
