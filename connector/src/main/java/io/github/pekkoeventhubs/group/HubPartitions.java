// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.annotation.InternalApi;

/**
 * The known partitions of a group's event hub; asks the service for them. For the thread of the
 * group's actor alone.
 *
 * @param <C> the messages of the group's actor
 */
@InternalApi
public final class HubPartitions<C> {

  private final ActorContext<C> context;
  private final TimerScheduler<C> timers;
  private final GroupStreams streams;
  private final Function<List<String>, C> toAnswer;
  private final BiFunction<StreamOfGroup, Throwable, C> toRefusal;
  private final C refresh;
  private final NewPartitions newPartitions;
  private final Set<String> ids = new HashSet<>();
  private final Set<String> goneIds = new HashSet<>();
  private final RepeatedQuestion question = new RepeatedQuestion();

  /**
   * @param toAnswer makes the message with an answer, for which the actor calls {@link #answered}
   * @param toRefusal makes the message with a failure and the stream that asked, for which the
   *     actor calls {@link #refused}
   * @param refresh the message for which the actor calls {@link #refresh}
   */
  public HubPartitions(
      ActorContext<C> context,
      TimerScheduler<C> timers,
      GroupStreams streams,
      Function<List<String>, C> toAnswer,
      BiFunction<StreamOfGroup, Throwable, C> toRefusal,
      C refresh) {
    this(context, timers, streams, toAnswer, toRefusal, refresh, new NewPartitions());
  }

  /**
   * The same, for a group whose owners are made elsewhere.
   *
   * @param newPartitions is told of every answer
   */
  public HubPartitions(
      ActorContext<C> context,
      TimerScheduler<C> timers,
      GroupStreams streams,
      Function<List<String>, C> toAnswer,
      BiFunction<StreamOfGroup, Throwable, C> toRefusal,
      C refresh,
      NewPartitions newPartitions) {
    this.context = context;
    this.timers = timers;
    this.streams = streams;
    this.toAnswer = toAnswer;
    this.toRefusal = toRefusal;
    this.refresh = refresh;
    this.newPartitions = newPartitions;
  }

  /** The partitions that have come since the first answer. */
  public NewPartitions newPartitions() {
    return newPartitions;
  }

  /** Returns the known partitions; none before the first answer. */
  public Set<String> ids() {
    return Collections.unmodifiableSet(ids);
  }

  /** Whether the event hub had this partition, and has it no more. */
  public boolean isGone(String partitionId) {
    return goneIds.contains(partitionId);
  }

  /** Asks with the clients of this stream. */
  public void ask(StreamOfGroup stream) {
    context.pipeToSelf(
        stream.partitionIds(),
        (found, error) ->
            error == null && found != null
                ? toAnswer.apply(found)
                : toRefusal.apply(stream, StageFailure.causeOf(error)));
  }

  /** Asks once more, since event hubs grow. */
  public void refresh() {
    streams.serving().stream().findFirst().ifPresent(this::ask);
  }

  /**
   * Takes an answer in. Partitions that it does not name are forgotten: an event hub loses
   * partitions only if somebody deletes it and creates a smaller one of its name.
   *
   * @return whether it named partitions that were not known
   */
  public boolean answered(List<String> partitionIds) {
    question.answered();
    newPartitions.known(partitionIds);
    Set<String> newIds = new HashSet<>(partitionIds);
    newIds.removeAll(ids);
    Set<String> missing = new HashSet<>(ids);
    missing.removeAll(Set.copyOf(partitionIds));
    if (!newIds.isEmpty() && !ids.isEmpty()) {
      KeyedLog.of(context.getLog())
          .info(keys(), "the event hub has new partitions, read from their beginning: {}", newIds);
    }
    if (!missing.isEmpty()) {
      KeyedLog.of(context.getLog())
          .warn(
              keys(), "the event hub was created anew, and has no partitions {} any more", missing);
    }
    ids.removeAll(missing);
    goneIds.addAll(missing);
    goneIds.removeAll(newIds);
    return ids.addAll(newIds);
  }

  /** The names of the group whose partitions they are, as far as they are known. */
  public LogKeys keys() {
    return streams.serving().stream().findFirst().map(GroupStreams::keysOf).orElse(LogKeys.NONE);
  }

  private String meanwhile() {
    return ids.isEmpty()
        ? RepeatedQuestion.NOTHING_IS_READ
        : "the partitions that are known are read all the same";
  }

  /** Asks again after a while if the failure may pass, and fails the stream that asked if not. */
  public void refused(StreamOfGroup asked, Throwable error) {
    if (streams.isServing(asked)) {
      question.refused(
          asked,
          error,
          meanwhile(),
          context.getLog(),
          delay -> timers.startSingleTimer("ask again for " + asked.id(), refresh, delay));
    }
  }
}
