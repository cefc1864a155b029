// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A running node as the process that has started it sees it. */
public final class NodeProcess implements AutoCloseable {

  /** A time in which the node did not run; the end is far where it has ended. */
  public record Outage(Instant from, Instant to) {}

  /**
   * What the process of a node holds and the messages it has sent.
   *
   * @param messages the messages sent to other nodes so far, where they are counted
   */
  public record Measurement(Resources resources, long messages) {

    /** The bytes in use after a collection. */
    public long heapBytes() {
      return resources.heapBytes();
    }
  }

  private final String name;
  private final NodeJvms jvms;
  private final NodeJvm jvm;
  private final ProcessedEvents processed;
  private final Queue<String> streamFailures = new ConcurrentLinkedQueue<>();
  private final AtomicLong tokens = new AtomicLong();
  private volatile boolean streamCompleted;
  private volatile boolean up;
  private volatile int port;
  private volatile Set<String> running = Set.of();
  private volatile Set<Integer> unreachable = Set.of();
  private final Queue<Outage> frozenBefore = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Instant frozenSince;
  private volatile Instant ended = Instant.MAX;
  private volatile CompletableFuture<Measurement> measurement = new CompletableFuture<>();

  private NodeProcess(String name, NodeJvms jvms, NodeJvm jvm, ProcessedEvents processed) {
    this.name = name;
    this.jvms = jvms;
    this.jvm = jvm;
    this.processed = processed;
  }

  /**
   * Starts a node.
   *
   * @param configuration the name of a resource, or several with a plus between them of which later
   *     ones override earlier ones
   * @param clock of its process
   * @param joined the nodes whose cluster it joins; none to form one
   */
  static NodeProcess start(
      String name,
      String configuration,
      NodeJvms jvms,
      WallClock clock,
      EmbeddedServices services,
      List<NodeProcess> joined,
      ProcessedEvents processed) {
    NodeProcess node = new NodeProcess(name, jvms, jvms.take(clock), processed);
    node.jvm.listener(
        new NodeJvm.Listener() {
          @Override
          public void reported(NodeReport report) {
            node.accept(report);
          }

          @Override
          public void processEnded() {
            node.hasEnded();
          }
        });
    node.jvm.tell(
        new NodeCommand.Start(
            name,
            configuration,
            services.eventHubs().connectionString(),
            services.blobs().connectionString(),
            ports(joined)));
    return node;
  }

  private static List<Integer> ports(Collection<NodeProcess> nodes) {
    return nodes.stream().map(node -> node.port).filter(port -> port != 0).toList();
  }

  private void accept(NodeReport report) {
    if (report instanceof NodeReport.Up now) {
      port = now.port();
      up = true;
    } else if (report instanceof NodeReport.Unreachable now) {
      unreachable = now.ports();
    } else if (report instanceof NodeReport.Running now) {
      running = now.partitions();
    } else if (report instanceof NodeReport.Processed event) {
      processed.add(name, event.partition(), event.sequenceNumber(), event.at());
    } else if (report instanceof NodeReport.Measured measured) {
      measurement.complete(new Measurement(measured.resources(), measured.messages()));
    } else if (report instanceof NodeReport.TokenFetched) {
      tokens.incrementAndGet();
    } else if (report instanceof NodeReport.StreamCompleted) {
      streamCompleted = true;
    } else if (report instanceof NodeReport.StreamFailed failed) {
      streamFailures.add(failed.reason());
    } else {
      jvm.listener(null);
      hasEnded();
      jvms.giveBack(jvm);
    }
  }

  private void hasEnded() {
    running = Set.of();
    unreachable = Set.of();
    ended = Instant.now();
  }

  public String name() {
    return name;
  }

  /** The port of its cluster address; empty before it is up, and where it is in no cluster. */
  public OptionalInt port() {
    return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  public boolean isUp() {
    return up && isAlive();
  }

  /** Whether it has not ended, or not all that it said has been read. */
  public boolean isAlive() {
    return ended.equals(Instant.MAX);
  }

  public boolean isFrozen() {
    return frozenSince != null;
  }

  /** The partitions it owns and receives, as it last said; none after its end. */
  public Set<String> running() {
    return running;
  }

  /** Whether its failure detector has given up on another, as it last said. */
  public boolean misses(NodeProcess other) {
    return unreachable.contains(other.port);
  }

  /** The ports of the members on which its failure detector has given up, as it last said. */
  public Set<Integer> unreachable() {
    return unreachable;
  }

  /** Why its streams have failed so far. */
  public List<String> streamFailures() {
    return List.copyOf(streamFailures);
  }

  /** How many access tokens it has fetched, where its credential is one of slow tokens. */
  public long tokens() {
    return tokens.get();
  }

  /** Whether a stream of it has completed without a failure. */
  public boolean hasStreamCompleted() {
    return streamCompleted;
  }

  /** When it was frozen, and when it has ended, in order of time. */
  public List<Outage> outages() {
    List<Outage> outages = new ArrayList<>(frozenBefore);
    if (!isAlive()) {
      outages.add(new Outage(ended, Instant.MAX));
    }
    return outages;
  }

  /** Asks it to leave the cluster and to end. Its process may run another node then. */
  public void leave() {
    jvm.tell(new NodeCommand.Leave());
  }

  /** Asks its process to end (SIGTERM), at which it leaves the cluster. */
  public void terminate() {
    jvm.signal("TERM");
  }

  /** Ends it without a word (SIGKILL). */
  public void kill() {
    jvm.signal("KILL");
  }

  /** Takes it off the processor (SIGSTOP). */
  public void freeze() {
    frozenSince = Instant.now();
    jvm.signal("STOP");
  }

  /** Lets it run on (SIGCONT). */
  public void thaw() {
    jvm.signal("CONT");
    Instant since = frozenSince;
    if (since != null) {
      frozenBefore.add(new Outage(since, Instant.now()));
      frozenSince = null;
    }
  }

  /** Lets it collect its garbage and say what is left, one time after the other. */
  public CompletableFuture<Measurement> measure() {
    CompletableFuture<Measurement> asked = new CompletableFuture<>();
    measurement = asked;
    jvm.tell(new NodeCommand.Measure());
    return asked;
  }

  /** Lets it stop its stream gracefully, and stay in the cluster. */
  public void stopStream() {
    jvm.tell(new NodeCommand.StopStream());
  }

  public void startStream() {
    jvm.tell(new NodeCommand.StartStream());
  }

  /** Breaks the cluster's network between it and the others; it goes on to reach the services. */
  public void cutOff(Collection<NodeProcess> others) {
    jvm.tell(new NodeCommand.CutOff(ports(others)));
  }

  /** Repairs the network, as far as it is broken at this node. */
  public void reconnect(Collection<NodeProcess> others) {
    jvm.tell(new NodeCommand.Reconnect(ports(others)));
  }

  /** Lets it declare others down. */
  public void down(Collection<NodeProcess> others) {
    downAt(ports(others));
  }

  /** Lets it declare the members at these ports down. */
  public void downAt(Collection<Integer> ports) {
    jvm.tell(new NodeCommand.Down(List.copyOf(ports)));
  }

  /** The end of what its process logged. */
  String logTail() {
    return jvm.logTail();
  }

  /** Kills it, where it has not ended. */
  @Override
  public void close() {
    if (isAlive()) {
      jvm.close();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
