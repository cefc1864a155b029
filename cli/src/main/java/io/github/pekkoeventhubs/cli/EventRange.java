// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
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

  /** The time after which no event is wanted; null for none. */
  private @Nullable Instant end(Instant now) {
    if (until == null) {
      return null;
    }
    return until.equalsIgnoreCase("now")
        ? Instant.MAX
        : Moments.parse(until, now)
            .orElseThrow(
                () ->
                    new UsageException(
                        "--until must be now or a time ("
                            + Moments.FORMS
                            + "), and not '"
                            + until
                            + "'"));
  }

  /** The events, in order within each partition. */
  Source<PartitionEvent, NotUsed> events(EventHubsMetadata metadata, ConsumerSettings settings) {
    Instant now = Instant.now();
    EventPosition start = start(now);
    Instant end = end(now);
    Map<String, PartitionProperties> known = Session.await(metadata.partitionProperties());
    Map<String, PartitionProperties> chosen = chosen(known);
    if (end != null && (until == null || until.equalsIgnoreCase("now") || !end.isAfter(now))) {
      return new Bounded(end).of(start, chosen, settings);
    }
    Source<PartitionEvent, NotUsed> endless = read(settings, positions(chosen.keySet(), start));
    return end == null
        ? endless
        // The clocks of the service and of this machine may differ a little.
        : endless
            .takeWithin(Duration.between(now, end).plusSeconds(2))
            .filter(event -> !event.getData().getEnqueuedTime().isAfter(end));
  }

  private Map<String, PartitionProperties> chosen(Map<String, PartitionProperties> known) {
    if (partitions == null) {
      return known;
    }
    Map<String, PartitionProperties> chosen = new HashMap<>();
    for (String id : partitions) {
      PartitionProperties properties = known.get(id);
      if (properties == null) {
        throw new PartitionNotFoundException(
            "there is no partition '" + id + "': there are " + Partitions.sorted(known).keySet());
      }
      chosen.put(id, properties);
    }
    return chosen;
  }

  private static Map<String, EventPosition> positions(Set<String> ids, EventPosition start) {
    Map<String, EventPosition> positions = new HashMap<>();
    ids.forEach(id -> positions.put(id, start));
    return positions;
  }

  private static Source<PartitionEvent, NotUsed> read(
      ConsumerSettings settings, Map<String, EventPosition> positions) {
    return Consumer.plainSource(settings, Subscriptions.partitionsFrom(positions))
        .mapMaterializedValue(control -> NotUsed.getInstance());
  }

  /** Ends when every partition has come to the last event that was there at the start. */
  private static final class Bounded {

    private final Instant end;
    private final Map<String, Long> open = new ConcurrentHashMap<>();

    Bounded(Instant end) {
      this.end = end;
    }

    Source<PartitionEvent, NotUsed> of(
        EventPosition start,
        Map<String, PartitionProperties> partitions,
        ConsumerSettings settings) {
      partitions.forEach(
          (id, properties) -> {
            if (holdsSomethingFrom(start, properties)) {
              open.put(id, properties.getLastEnqueuedSequenceNumber());
            }
          });
      if (open.isEmpty()) {
        return Source.empty();
      }
      Map<String, Long> last = Map.copyOf(open);
      return read(settings, positions(last.keySet(), start))
          .takeWhile(this::goesOn, true)
          .filter(
              event ->
                  event.getData().getSequenceNumber()
                          <= last.getOrDefault(event.getPartitionContext().getPartitionId(), -1L)
                      && !event.getData().getEnqueuedTime().isAfter(end));
    }

    private boolean goesOn(PartitionEvent event) {
      String id = event.getPartitionContext().getPartitionId();
      Long last = open.get(id);
      if (last != null
          && (event.getData().getSequenceNumber() >= last
              || event.getData().getEnqueuedTime().isAfter(end))) {
        open.remove(id);
      }
      return !open.isEmpty();
    }

    private static boolean holdsSomethingFrom(EventPosition start, PartitionProperties partition) {
      if (partition.isEmpty()) {
        return false;
      }
      Instant time = start.getEnqueuedDateTime();
      return time == null
          ? start.equals(EventPosition.earliest())
          : partition.getLastEnqueuedTime().isAfter(time);
    }
  }
}
