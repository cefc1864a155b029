// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import io.github.pekkoeventhubs.page.GroupPartition;
import io.github.pekkoeventhubs.page.GroupProgress;
import io.github.pekkoeventhubs.page.HubOverview;
import io.github.pekkoeventhubs.page.Overview;
import io.github.pekkoeventhubs.page.PageData;
import io.github.pekkoeventhubs.page.PageProblem;
import io.github.pekkoeventhubs.page.PartitionEvents;
import io.github.pekkoeventhubs.page.Peek;
import io.github.pekkoeventhubs.page.PeekRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A namespace as the page shows it. The services are asked only when a browser asks, and not more
 * often than the interval says.
 */
final class NamespacePage implements PageData {

  /** One event hub, whose connection stays open. */
  private record Hub(ConsumerSettings settings, EventHubsMetadata metadata) {}

  private final Session session;
  private final Collection<String> groups;
  private final Duration interval;
  private final Duration expiry;
  private final List<Hub> hubs = new ArrayList<>();
  private final PartitionPeek peek;
  private boolean containerExists;
  private @Nullable Overview latest;
  private Map<String, Hub> byName = Map.of();

  /**
   * Asks nothing yet.
   *
   * @param hubNames none for that of the connection string
   * @param groups also shown where the container has nothing of them
   * @param readThrough the consumer group through which events are read
   */
  NamespacePage(
      Session session,
      List<String> hubNames,
      Collection<String> groups,
      String readThrough,
      Duration interval) {
    this.session = session;
    this.groups = groups;
    this.interval = interval;
    this.peek = new PartitionPeek(session.system(), readThrough);
    List<@Nullable String> names = new ArrayList<>(hubNames);
    if (names.isEmpty()) {
      names.add(null);
    }
    for (String name : names) {
      ConsumerSettings settings = session.consumerSettings(name, Groups.DEFAULT);
      hubs.add(new Hub(settings, session.metadata(settings)));
    }
    this.expiry = hubs.get(0).settings().ownership().expiry();
  }

  @Override
  public Overview overview() {
    return shown(this::read);
  }

  /** The same, with the failure as it is. One thread at a time; others wait for its answer. */
  synchronized Overview read() {
    Instant now = session.terminal().clock().instant();
    Overview known = latest;
    if (known != null && now.isBefore(known.time().plus(interval))) {
      return known;
    }
    Map<String, Hub> names = new LinkedHashMap<>();
    List<HubOverview> overviews = new ArrayList<>();
    for (Hub hub : hubs) {
      HubOverview overview = overview(hub);
      names.put(overview.name(), hub);
      overviews.add(overview);
    }
    byName = names;
    Overview read =
        new Overview(
            now, hubs.get(0).metadata().partition("0").namespace(), overviews, Optional.empty());
    latest = read;
    return read;
  }

  private HubOverview overview(Hub hub) {
    EventHubsMetadata metadata = hub.metadata();
    String name = Session.await(metadata.eventHubProperties()).getName();
    List<GroupProgress> progress =
        groups(metadata.partition("0").namespace(), name).stream()
            .map(group -> progress(metadata.partition("0").namespace(), name, group))
            .toList();
    // The last events are asked for after the checkpoints, which lie beyond the end otherwise.
    return new HubOverview(
        name,
        Partitions.sorted(Session.await(metadata.partitionProperties())).values().stream()
            .map(NamespacePage::events)
            .toList(),
        progress);
  }

  private static PartitionEvents events(PartitionProperties properties) {
    return new PartitionEvents(
        properties.getId(), Partitions.first(properties), Partitions.last(properties));
  }

  private Set<String> groups(String namespace, String eventHub) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(groups);
    if (hasContainer()) {
      names.addAll(session.storage().consumerGroups(namespace, eventHub));
    }
    return names;
  }

  /** A container that does not exist may be created while the page is served. */
  private boolean hasContainer() {
    if (!containerExists && session.hasStorage()) {
      containerExists = session.storage().exists();
    }
    return containerExists;
  }

  private GroupProgress progress(String namespace, String eventHub, String group) {
    if (!containerExists) {
      return new GroupProgress(group, Map.of());
    }
    PartitionStore store = session.storage().partitionStore();
    CompletionStage<List<StoredOwnership>> listed =
        store.listOwnerships(namespace, eventHub, group);
    Map<String, StoredCheckpoint> checkpoints =
        Session.await(store.listCheckpoints(namespace, eventHub, group));
    Map<String, StoredOwnership> owners = new HashMap<>();
    Session.await(listed).forEach(owner -> owners.put(owner.partition().partitionId(), owner));
    Set<String> ids = new HashSet<>(owners.keySet());
    ids.addAll(checkpoints.keySet());
    Map<String, GroupPartition> partitions = new HashMap<>();
    for (String id : ids) {
      partitions.put(
          id,
          progress(
              Optional.ofNullable(owners.get(id)).filter(owner -> !owner.isReleased()),
              Optional.ofNullable(checkpoints.get(id))));
    }
    return new GroupProgress(group, partitions);
  }

  private GroupPartition progress(
      Optional<StoredOwnership> owner, Optional<StoredCheckpoint> checkpoint) {
    return new GroupPartition(
        owner.map(StoredOwnership::ownerId),
        owner.filter(record -> !record.isLive(expiry)).isPresent(),
        checkpoint.map(StoredCheckpoint::sequenceNumberIfReadable).orElse(OptionalLong.empty()),
        OptionalLong.empty());
  }

  @Override
  public Peek events(PeekRequest request) {
    return shown(
        () -> {
          Hub hub = hub(request.eventHub());
          EventHubPartition partition = hub.metadata().partition(request.partition());
          Map<String, PartitionProperties> all =
              Session.await(hub.metadata().partitionProperties());
          PartitionProperties properties = all.get(partition.partitionId());
          if (properties == null) {
            throw PageProblem.unknown("there is no partition '" + request.partition() + "'");
          }
          return peek.read(hub.settings(), events(properties), request);
        });
  }

  private synchronized Hub hub(String name) {
    Hub hub = byName.get(name);
    if (hub == null) {
      throw PageProblem.unknown("'" + name + "' is not among the event hubs of this page");
    }
    return hub;
  }

  private <T> T shown(Supplier<T> question) {
    try {
      return question.get();
    } catch (PageProblem problem) {
      throw problem;
    } catch (RuntimeException failed) {
      throw PageProblem.unavailable(session.clean(Failures.message(failed)));
    }
  }
}
