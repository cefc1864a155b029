// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The nodes that have said themselves that no stream of one group runs there any more. Their word
 * counts until the receptionist knows more, and not for long: a node may start a stream again
 * before the receptionist has noticed that there was none. Any thread.
 */
final class Withdrawals {

  /** The name of the actor to which they say it, below the group's. */
  static final String NAME = "withdrawals";

  private static final Duration VALIDITY = Duration.ofSeconds(2);

  private final Map<Address, Long> since = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  Withdrawals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Where a node takes them. The message is an address, for which Pekko has a serializer. */
  static ActorSelection at(ActorSystem<?> system, Address node, ActorPath group) {
    return Adapter.toClassic(system)
        .actorSelection(node + group.toStringWithoutAddress() + "/" + NAME);
  }

  Behavior<Address> receive() {
    return Behaviors.receiveMessage(
        node -> {
          since.put(node, nanoTime.getAsLong());
          return Behaviors.same();
        });
  }

  boolean contains(Address node) {
    Long said = since.get(node);
    return said != null && nanoTime.getAsLong() - said < VALIDITY.toNanos();
  }

  void forget() {
    since.clear();
  }
}
