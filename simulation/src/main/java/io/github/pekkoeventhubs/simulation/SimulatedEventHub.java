// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.receive.EventHubService;
import java.lang.reflect.Constructor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The event hub as one stream of a node sees it: it stands where the SDK's clients stand. */
final class SimulatedEventHub implements EventHubService {

  static final String NAMESPACE = "simulated.servicebus.windows.net";
  static final String EVENT_HUB = "hub";
  static final String CONSUMER_GROUP = "group";

  private static final long METADATA_TIMEOUT_MILLIS = 10_000;
  private static final long NO_LEVEL = -1;

  private final World world;
  private final SimulatedProcess node;
  private final HubState hub;
  private final long ownerLevel;
  private final List<SimulatedLink> links = new ArrayList<>();

  SimulatedEventHub(World world, SimulatedProcess node, HubState hub, @Nullable Long ownerLevel) {
    this.world = world;
    this.node = node;
    this.hub = hub;
    this.ownerLevel = ownerLevel == null ? NO_LEVEL : ownerLevel;
  }

  @Override
  public String namespace() {
    return NAMESPACE;
  }

  @Override
  public String eventHub() {
    return EVENT_HUB;
  }

  private <T> CompletionStage<T> answer(String question, Supplier<T> answer) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (world.random().nextInt(100) < hub.unanswered()) {
      world.after(
          node,
          world.between(METADATA_TIMEOUT_MILLIS, METADATA_TIMEOUT_MILLIS + 10),
          "question",
          () ->
              result.completeExceptionally(
                  new ServiceUnavailableException(question + " failed: no answer", null)));
      return result;
    }
    world.after(node, world.between(1, 15), "question", () -> result.complete(answer.get()));
    return result;
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    return answer("asking for the partitions", hub::partitionIds);
  }

  @Override
  public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
    return answer("asking for a partition", () -> properties(hub.partition(partitionId)));
  }

  private PartitionProperties properties(SimulatedPartition log) {
    boolean empty = log.first() >= log.end();
    try {
      Constructor<PartitionProperties> made =
          PartitionProperties.class.getDeclaredConstructor(
              String.class,
              String.class,
              long.class,
              long.class,
              String.class,
              Instant.class,
              boolean.class);
      made.setAccessible(true);
      return made.newInstance(
          EVENT_HUB,
          log.id,
          empty ? log.end() : log.first(),
          log.end() - 1,
          empty ? "-1" : log.event(log.end() - 1).getOffsetString(),
          empty ? Instant.EPOCH : log.event(log.end() - 1).getEnqueuedTime(),
          empty);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the SDK makes these properties in another way", e);
    }
  }

  @Override
  public CompletionStage<PartitionEvent> firstEvent(String partitionId, EventPosition from) {
    SimulatedPartition log = hub.partition(partitionId);
    return answer(
        "looking for an event",
        () -> new PartitionEvent(context(partitionId), log.event(position(log, from)), null));
  }

  @Override
  public Flux<PartitionEvent> receive(String partitionId, EventPosition from, int prefetchCount) {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super PartitionEvent> subscriber) {
        attach(partitionId, from, prefetchCount, subscriber);
      }
    };
  }

  private void attach(
      String partitionId,
      EventPosition from,
      int prefetch,
      CoreSubscriber<? super PartitionEvent> subscriber) {
    SimulatedPartition log = hub.partition(partitionId);
    SimulatedLink link =
        new SimulatedLink(
            world,
            node,
            log,
            context(partitionId),
            ownerLevel,
            subscriber,
            position(log, from),
            prefetch);
    links.add(link);
    subscriber.onSubscribe(link);
    String offset = from.getOffset();
    world.after(
        world.services(),
        world.between(1, 30),
        "attach",
        () -> {
          if (isKnown(log, offset)) {
            link.attached(position(log, from));
          } else {
            link.refuse(offset);
          }
        });
  }

  private static boolean isKnown(SimulatedPartition log, @Nullable String offset) {
    return offset == null
        || offset.equals("-1")
        || (SimulatedEvent.logOf(offset) == log.number()
            && SimulatedEvent.numberOf(offset) < log.end());
  }

  private static long position(SimulatedPartition log, EventPosition from) {
    Long sequenceNumber = from.getSequenceNumber();
    String offset = from.getOffset();
    long wanted =
        sequenceNumber != null
            ? sequenceNumber + (from.isInclusive() ? 0 : 1)
            : offset.equals("-1") ? 0 : SimulatedEvent.numberOf(offset) + 1;
    return Math.max(wanted, log.first());
  }

  private static PartitionContext context(String partitionId) {
    return new PartitionContext(NAMESPACE, EVENT_HUB, CONSUMER_GROUP, partitionId);
  }

  @Override
  public boolean hasSilentConnection(String partitionId) {
    return false;
  }

  @Override
  public void abandonConnection(String partitionId) {}

  @Override
  public void leaveConnection(String partitionId) {}

  @Override
  public CompletionStage<Void> close() {
    new ArrayList<>(links).forEach(SimulatedLink::cancel);
    return CompletableFuture.completedFuture(null);
  }
}
