// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.pekko.actor.Address;
import org.jspecify.annotations.Nullable;

/**
 * The network between the nodes. The messages of one node to another arrive in their order, late,
 * or not at all. Those by which Pekko watches actors are sent again until they arrive, as Pekko's
 * own transport does.
 */
public final class Network {

  private static final int USUAL_MILLIS = 2;
  private static final long MILLI = 1_000_000;

  private static @Nullable Network current;

  private final SplittableRandom random;
  private final Map<String, Host> hosts = new HashMap<>();
  private final Map<String, NetworkEnd> open = new HashMap<>();
  private final Map<String, Wire> wires = new HashMap<>();
  private final Set<String> apart = new HashSet<>();
  private int mostMillis = USUAL_MILLIS;
  private int lost;
  private long messages;

  /**
   * @param random decides about delays and losses
   */
  public Network(SplittableRandom random) {
    this.random = random;
    current = this;
  }

  static Network current() {
    if (current == null) {
      throw new IllegalStateException("there is no network");
    }
    return current;
  }

  /** A node that is about to start. */
  public void add(Host host) {
    hosts.put(host.name(), host);
  }

  Host host(Address address) {
    Host host = hosts.get(address.getHost().orElse(""));
    if (host == null) {
      throw new IllegalStateException("nobody is at " + address);
    }
    return host;
  }

  void opened(NetworkEnd transport) {
    open.put(transport.host().name(), transport);
  }

  /** How many messages nodes have sent to others. */
  public long messages() {
    return messages;
  }

  /** Messages take up to so long, and of 100 so many are lost. */
  public void disturb(int slowestMillis, int lostOfHundred) {
    mostMillis = slowestMillis;
    lost = lostOfHundred;
  }

  /** These nodes and the others hear nothing of each other. */
  public void split(Set<String> names) {
    apart.clear();
    apart.addAll(names);
  }

  /** Everything arrives again, and soon. */
  public void calm() {
    mostMillis = USUAL_MILLIS;
    lost = 0;
    apart.clear();
    wires.values().forEach(Wire::sendAgain);
  }

  private boolean isCut(String one, String other) {
    return apart.contains(one) != apart.contains(other);
  }

  void send(NetworkEnd from, Address to, Letter letter, boolean isReliable) {
    messages++;
    String name = to.getHost().orElse("");
    wires
        .computeIfAbsent(
            from.host().name() + ">" + name, unused -> new Wire(from.host().name(), name))
        .send(from, letter, isReliable);
  }

  /** The way from one node to another. */
  private final class Wire {

    private final String from;
    private final String to;
    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private final Deque<Runnable> toSendAgain = new ArrayDeque<>();

    Wire(String from, String to) {
      this.from = from;
      this.to = to;
    }

    void send(NetworkEnd sender, Letter letter, boolean isReliable) {
      Runnable arrival = () -> arrive(sender, letter);
      boolean isLost = isCut(from, to) || random.nextInt(100) < lost;
      if (!isLost) {
        carry(arrival);
      } else if (isReliable) {
        toSendAgain.add(arrival);
      }
    }

    void sendAgain() {
      for (Runnable arrival; (arrival = toSendAgain.poll()) != null; ) {
        carry(arrival);
      }
    }

    private void carry(Runnable arrival) {
      Host host = hosts.get(to);
      if (host != null && !host.isDead()) {
        underWay.add(arrival);
        // Whichever of the tasks comes first brings the message that was sent first.
        host.later(random.nextLong(mostMillis * MILLI) + 1, () -> underWay.remove().run());
      }
    }

    private void arrive(NetworkEnd sender, Letter letter) {
      NetworkEnd receiver = open.get(to);
      if (receiver == null || !receiver.isOpen()) {
        return;
      }
      if (receiver.hasQuarantined(sender.self())) {
        sender.host().later(MILLI, () -> sender.refusedBy(receiver.self()));
      } else if (!sender.hasQuarantined(receiver.self())) {
        receiver.receive(letter);
      }
    }
  }
}
