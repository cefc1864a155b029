// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one consumer group on this node, and which of them each owner on this node serves:
 * an owner gets the stream that has the fewest partitions. For the thread of the group's actor
 * alone.
 */
@InternalApi
public final class GroupStreams {

  private final Map<String, Serving> streams = new LinkedHashMap<>();
  private final Map<String, Owner> owners = new HashMap<>();

  /** The names of the group that a stream belongs to, for log lines. */
  public static LogKeys keysOf(StreamOfGroup stream) {
    return LogKeys.ofGroup(stream.partition("any"));
  }

  /** A stream of this node, and the future to complete when it has left. */
  private static final class Serving {
    final StreamOfGroup stream;
    @Nullable CompletableFuture<Done> left;

    Serving(StreamOfGroup stream) {
      this.stream = stream;
    }

    boolean isLeaving() {
      return left != null;
    }
  }

  /** An owner on this node, the stream it serves, if any, and the one it is to serve next. */
  private static final class Owner {
    final ActorRef<OwnerCommand> actor;
    @Nullable StreamOfGroup stream;
    @Nullable StreamOfGroup next;

    Owner(ActorRef<OwnerCommand> actor) {
      this.actor = actor;
    }

    boolean hasToDoWith(StreamOfGroup asked) {
      return stream == asked || next == asked;
    }

    boolean endsUpWith(StreamOfGroup asked) {
      return next == null ? stream == asked : next == asked;
    }
  }

  /**
   * Takes a stream in, or fails it if it does not agree with the others.
   *
   * @return whether it was taken in
   */
  public boolean join(StreamOfGroup stream) {
    Optional<InvalidSettingsException> clash =
        streams.values().stream()
            .map(other -> GroupWideSettings.clash(other.stream.settings(), stream.settings()))
            .flatMap(Optional::stream)
            .findFirst();
    clash.ifPresent(stream::fail);
    if (clash.isPresent()) {
      return false;
    }
    streams.put(stream.id(), new Serving(stream));
    return true;
  }

  /**
   * From now on the stream gets no partitions.
   *
   * @param left is completed when no owner serves the stream any more
   * @return false if it is not known, or leaving already
   */
  public boolean beginLeaving(StreamOfGroup stream, CompletableFuture<Done> left) {
    Serving serving = streams.get(stream.id());
    if (serving == null) {
      left.complete(Done.getInstance());
      return false;
    }
    CompletableFuture<Done> leaving = serving.left;
    if (leaving != null) {
      leaving.thenAccept(left::complete);
      return false;
    }
    serving.left = left;
    return true;
  }

  /** Takes all partitions from a stream that is leaving, and gives them to others of this node. */
  public void withdraw(StreamOfGroup stream, String reason) {
    for (Owner owner : owners.values()) {
      if (owner.stream == stream && owner.next == null) {
        emptiest(serving())
            .ifPresentOrElse(
                next -> replace(owner, next, reason),
                () -> owner.actor.tell(new OwnerCommand.WithdrawStream(stream, reason)));
      } else if (owner.next == stream) {
        owner.actor.tell(new OwnerCommand.WithdrawStream(stream, reason));
      }
    }
    endIfLeft(stream);
  }

  /**
   * The group's actor has failed: fails all streams and gives all partitions up.
   *
   * @param error the failure of the streams
   */
  public void abort(Throwable error) {
    owners.values().forEach(owner -> owner.actor.tell(new OwnerCommand.Stop("the group failed")));
    for (Serving serving : streams.values()) {
      CompletableFuture<Done> leaving = serving.left;
      if (leaving != null) {
        leaving.complete(Done.getInstance());
      } else {
        serving.stream.fail(error);
      }
    }
  }

  /** Ends the owners of partitions that the event hub does not have any more. */
  public void endAllBut(Set<String> partitionIds) {
    owners.forEach(
        (partitionId, owner) -> {
          if (!partitionIds.contains(partitionId)) {
            owner.actor.tell(new OwnerCommand.Stop("the event hub has no such partition any more"));
          }
        });
  }

  /** The streams that may get partitions. */
  public List<StreamOfGroup> serving() {
    return streams.values().stream()
        .filter(serving -> !serving.isLeaving())
        .map(serving -> serving.stream)
        .toList();
  }

  /** Tells each stream how many partitions are for it now: others have the rest. */
  public void tellPlaced() {
    serving().forEach(stream -> stream.placed(held(stream)));
  }

  /** Whether the stream may get partitions. */
  boolean isServing(StreamOfGroup stream) {
    Serving serving = streams.get(stream.id());
    return serving != null && !serving.isLeaving();
  }

  /** An owner runs on this node: it gets a stream, if there is one. */
  public void ownerStarted(String partitionId, ActorRef<OwnerCommand> actor) {
    Owner owner = new Owner(actor);
    Owner former = owners.put(partitionId, owner);
    if (former != null) {
      // Its end may be told later than the start of its successor.
      endIfLeft(former);
    }
    offer(owner, serving());
  }

  private void endIfLeft(Owner former) {
    if (former.stream != null) {
      endIfLeft(former.stream);
    }
    if (former.next != null) {
      endIfLeft(former.next);
    }
  }

  /**
   * An owner has ended.
   *
   * @return false if another has taken its place before
   */
  public boolean ownerEnded(String partitionId, ActorRef<OwnerCommand> actor) {
    Owner owner = owners.get(partitionId);
    if (owner == null || !owner.actor.equals(actor)) {
      return false;
    }
    owners.remove(partitionId);
    endIfLeft(owner);
    return true;
  }

  /**
   * An owner does not serve this stream any more, or does not wait for it: it gets another one.
   *
   * @return false if there is no other one now: the owner waits for {@link #serveWaitingOwners}
   */
  public boolean parked(String partitionId, StreamOfGroup formerStream) {
    Owner owner = owners.get(partitionId);
    if (owner == null || !owner.hasToDoWith(formerStream)) {
      return true;
    }
    if (owner.stream == formerStream) {
      owner.stream = owner.next;
    }
    owner.next = null;
    endIfLeft(formerStream);
    if (owner.stream == null) {
      // A stream that has just failed reports it a moment later: it is not offered the partition
      // again.
      offer(owner, serving().stream().filter(stream -> stream != formerStream).toList());
    }
    return owner.stream != null;
  }

  /** Gives streams to the owners that have none. */
  public void serveWaitingOwners() {
    owners.values().stream()
        .filter(owner -> owner.stream == null)
        .forEach(owner -> offer(owner, serving()));
  }

  /**
   * Moves partitions from the streams with most to those with fewest: one drain each, under the
   * same claim.
   */
  public void shareAmongStreams() {
    List<StreamOfGroup> serving = serving();
    if (serving.size() < 2) {
      return;
    }
    Map<String, Integer> counts = new HashMap<>();
    serving.forEach(stream -> counts.put(stream.id(), held(stream)));
    Comparator<StreamOfGroup> byCount =
        Comparator.comparingInt(stream -> counts.getOrDefault(stream.id(), 0));
    while (true) {
      StreamOfGroup fullest = serving.stream().max(byCount).orElseThrow();
      StreamOfGroup emptiest = serving.stream().min(byCount).orElseThrow();
      Optional<Owner> moved =
          owners.values().stream()
              .filter(owner -> owner.stream == fullest && owner.next == null)
              .findFirst();
      int difference = counts.getOrDefault(fullest.id(), 0) - counts.getOrDefault(emptiest.id(), 0);
      if (difference < 2 || moved.isEmpty()) {
        return;
      }
      counts.merge(fullest.id(), -1, Integer::sum);
      counts.merge(emptiest.id(), 1, Integer::sum);
      replace(moved.get(), emptiest, "shared with another stream of this node");
    }
  }

  private static void replace(Owner owner, StreamOfGroup next, String reason) {
    owner.next = next;
    owner.actor.tell(new OwnerCommand.ReplaceStream(next, reason));
  }

  private void offer(Owner owner, Collection<StreamOfGroup> among) {
    emptiest(among)
        .ifPresent(
            stream -> {
              owner.stream = stream;
              stream.placed(held(stream));
              owner.actor.tell(new OwnerCommand.OfferStream(stream));
            });
  }

  private Optional<StreamOfGroup> emptiest(Collection<StreamOfGroup> among) {
    return among.stream().min(Comparator.comparingInt(this::held));
  }

  private int held(StreamOfGroup stream) {
    return (int) owners.values().stream().filter(owner -> owner.endsUpWith(stream)).count();
  }

  /** Tells a stream that is leaving that it has left, once no owner serves it any more. */
  public void endIfLeft(StreamOfGroup stream) {
    Serving serving = streams.get(stream.id());
    boolean holdsNothing = owners.values().stream().noneMatch(owner -> owner.hasToDoWith(stream));
    if (serving != null && serving.left != null && holdsNothing) {
      streams.remove(stream.id());
      serving.left.complete(Done.getInstance());
    }
  }
}
