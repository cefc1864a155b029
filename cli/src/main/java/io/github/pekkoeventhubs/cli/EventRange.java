// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.ReadUntil;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.cli.EventsThatWereGone.Expected;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which events to read: where to begin, and where to end. */
final class EventRange {

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      description = "earliest, latest, or a time: " + Moments.FORMS)
  private @Nullable String from;

  @Option(
      names = "--until",
      paramLabel = "POSITION",
      description = "now (the events that are there at the start), or a time.")
  private @Nullable String until;

  @Option(
      names = "--partition",
      paramLabel = "ID",
      split = ",",
      description = "Only these partitions; all by default.")
  private @Nullable List<String> partitions;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      defaultValue = Groups.DEFAULT,
      description =
          "The consumer group to read through, $Default if none is named. Nothing is"
              + " committed. The service refuses a group in which an owner reads.")
  private String group = Groups.DEFAULT;

  String group() {
    return group;
  }

  /** Refuses what cannot be understood. */
  void check(Instant now, String defaultFrom, @Nullable String defaultUntil) {
    from = from == null ? defaultFrom : from;
    until = until == null ? defaultUntil : until;
    start(now);
    end(now);
  }

  private EventPosition start(Instant now) {
    String text = String.valueOf(from).toLowerCase(Locale.ROOT);
    return switch (text) {
      case "earliest" -> EventPosition.earliest();
      case "latest" -> EventPosition.latest();
      default ->
          EventPosition.fromEnqueuedTime(
              Moments.parse(String.valueOf(from), now)
                  .orElseThrow(
                      () ->
                          new UsageException(
                              "--from must be earliest, latest or a time ("
                                  + Moments.FORMS
                                  + "), and not '"
                                  + from
                                  + "'")));
    };
  }

  private Optional<ReadUntil> end(Instant now) {
    if (until == null) {
      return Optional.empty();
    }
    return Optional.of(
        until.equalsIgnoreCase("now") ? ReadUntil.now() : ReadUntil.time(endTime(now)));
  }

  /** The time after which no event is read; the end of all times where none is said. */
  private Instant endTime(Instant now) {
    if (until == null || until.equalsIgnoreCase("now")) {
      return Instant.MAX;
    }
    return Moments.parse(until, now)
        .orElseThrow(
            () ->
                new UsageException(
                    "--until must be now or a time ("
                        + Moments.FORMS
                        + "), and not '"
                        + until
                        + "'"));
  }

  /**
   * The events, in order within each partition.
   *
   * @param missed is told of those that are gone before they are read
   */
  Source<PartitionEvent, Consumer.Control> events(
      EventHubsMetadata metadata,
      ConsumerSettings settings,
      Instant now,
      EventsThatWereGone missed) {
    Map<String, EventPosition> positions = new HashMap<>();
    Map<String, CompletionStage<PartitionProperties>> asked = new HashMap<>();
    for (String id : chosen(metadata)) {
      positions.put(id, start(now));
      asked.put(id, metadata.partitionProperties(id));
    }
    asked.forEach((id, answer) -> missed.begins(id, expected(Session.await(answer), now)));
    Subscription endless = Subscriptions.partitionsFrom(positions);
    return Consumer.plainSource(settings, end(now).map(endless::until).orElse(endless))
        .map(
            event -> {
              missed.read(event);
              return event;
            })
        .concatLazy(
            Source.lazySource(
                () -> {
                  missed.ended();
                  return Source.empty();
                }));
  }

  private Expected expected(PartitionProperties partition, Instant now) {
    long last = partition.getLastEnqueuedSequenceNumber();
    String begin = String.valueOf(from).toLowerCase(Locale.ROOT);
    if (begin.equals("latest")) {
      return new Expected(OptionalLong.empty(), OptionalLong.empty());
    }
    if (begin.equals("earliest")) {
      long first = partition.isEmpty() ? last + 1 : partition.getBeginningSequenceNumber();
      return new Expected(OptionalLong.of(first), lastIfWithin(partition, Instant.MIN, now));
    }
    Instant after = Objects.requireNonNull(start(now).getEnqueuedDateTime());
    return new Expected(OptionalLong.empty(), lastIfWithin(partition, after, now));
  }

  /** The last event of the partition, if it is there and the range has it. */
  private OptionalLong lastIfWithin(PartitionProperties partition, Instant after, Instant now) {
    Instant time = partition.getLastEnqueuedTime();
    boolean within = !partition.isEmpty() && time.isAfter(after) && !endTime(now).isBefore(time);
    return within
        ? OptionalLong.of(partition.getLastEnqueuedSequenceNumber())
        : OptionalLong.empty();
  }

  /** Tells the user, and once more what can be done about the most frequent reason. */
  Reading.Trouble warning(Session session) {
    return (partition, failure) ->
        session.warn(
            "partition "
                + partition
                + " cannot be read now, and is tried again: "
                + failure
                + ". If an owner reads in the consumer group '"
                + group
                + "', name another one by --group");
  }

  private List<String> chosen(EventHubsMetadata metadata) {
    List<String> known = new ArrayList<>();
    Session.await(metadata.eventHubProperties()).getPartitionIds().forEach(known::add);
    if (partitions == null) {
      return known;
    }
    for (String id : partitions) {
      if (!known.contains(id)) {
        throw new PartitionNotFoundException(
            "there is no partition '"
                + id
                + "' but "
                + known.stream().sorted(PartitionIds.ORDER).toList()
                + ": name one of these by --partition");
      }
    }
    return partitions;
  }
}
