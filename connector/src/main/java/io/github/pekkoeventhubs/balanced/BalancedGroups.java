// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.group.ConsumerGroupName;
import io.github.pekkoeventhubs.group.Supervised;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/** The consumer groups of this node that are shared through the store. One per actor system. */
final class BalancedGroups implements Extension {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.BalancedGroup");
  private static final Id ID = new Id();

  private static final class Id extends ExtensionId<BalancedGroups> {
    @Override
    public BalancedGroups createExtension(ActorSystem<?> system) {
      return new BalancedGroups(system);
    }
  }

  static BalancedGroups get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  private final ActorSystem<?> system;
  private final String ownerId;
  private final AtomicLong actors = new AtomicLong();
  private final Map<String, ActorRef<BalancedGroup.Command>> groups = new ConcurrentHashMap<>();

  private BalancedGroups(ActorSystem<?> system) {
    this.system = system;
    // The host is for people who read the records; what tells the incarnations apart is random.
    String host =
        HostName.in(System.getenv(), HostName.OF_LINUX).map(name -> "@" + name).orElse("");
    this.ownerId = system.name() + host + "#" + UUID.randomUUID();
  }

  /** Takes a stream into its group, and says by which name other processes know this one. */
  void join(StreamOfGroup stream) {
    EventHubPartition any = stream.partition("any");
    LOG.info(
        LogKeys.ofGroup(any),
        "[{}] shares the partitions of {} in consumer group '{}' as owner '{}'",
        stream.id(),
        any.eventHub(),
        any.consumerGroup(),
        ownerId);
    group(stream).tell(new BalancedGroup.Join(stream));
  }

  /** The actor of the stream's group on this node, started if need be. */
  ActorRef<BalancedGroup.Command> group(StreamOfGroup stream) {
    return group(ConsumerGroupName.of(stream));
  }

  private ActorRef<BalancedGroup.Command> group(String groupName) {
    return groups.computeIfAbsent(
        groupName,
        name ->
            system.systemActorOf(
                Supervised.group(BalancedGroup.create(ownerId, System::nanoTime)),
                "pekko-eventhubs-balanced-" + actors.incrementAndGet(),
                OwnDispatcher.props()));
  }
}
