// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.cli.GroupState.PartitionState;
import io.github.pekkoeventhubs.cli.Table.Cell;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "lag",
    description = "Show how far a consumer group is behind, and who owns its partitions.",
    footer = {
      "",
      "SINCE tells for how long the owner has had the partition; the official",
      "processors do not keep that.",
      "LAG is the number of events after the checkpoint, BEHIND the age of the first",
      "of them; it is '?' where the service did not let that event be read.",
      "LAG is 'beyond the end' where the checkpoint has a higher number than the last",
      "event: the event hub was created anew, and streams of the group fail.",
      "CHECKPOINT is 'unreadable' where it is no number: streams of the group fail.",
      "",
      "Examples:",
      "  eventhubs lag orders --group billing",
      "  eventhubs lag orders --group billing --watch",
      "  eventhubs lag orders --group billing --json"
    })
final class LagCommand extends ServiceCommand {

  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HUB",
      description = "The event hub; by default that of the connection string.")
  private @Nullable String hub;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      defaultValue = Groups.DEFAULT,
      description = "The consumer group; $Default if none is named.")
  private String group = Groups.DEFAULT;

  @Option(names = "--json", description = "One JSON object; with --watch one per line.")
  private boolean json;

  @Option(names = "--watch", description = "Show it again and again, until interrupted.")
  private boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "The time between two looks with --watch; 2 by default.")
  private int interval = 2;

  LagCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    if (interval < 1) {
      throw new UsageException("--interval must be at least 1 second, and not " + interval);
    }
  }

  @Override
  int run(Session session) throws InterruptedException {
    GroupLooks looks = new GroupLooks(session, hub, group);
    if (!watch) {
      looks.once((metadata, settings) -> warn(session, look(metadata, settings)));
      return ExitCode.OK;
    }
    do {
      looks.oneOfMany(this::look);
    } while (Pause.of(Duration.ofSeconds(interval)));
    return ExitCode.OK;
  }

  private GroupState look(EventHubsMetadata metadata, ConsumerSettings settings) {
    GroupState state = GroupState.read(metadata, settings);
    show(state, settings);
    return state;
  }

  private void warn(Session session, GroupState state) {
    if (session.containerExists() && !state.hasRecords()) {
      session.warn(Groups.unknown(group, session.storage().container()));
    }
    state
        .partitions()
        .forEach(
            (id, partition) ->
                partition
                    .unreadable()
                    .ifPresent(text -> session.warn("partition " + id + ": " + text)));
  }

  private void show(GroupState state, ConsumerSettings settings) {
    if (json) {
      terminal().out().println(JsonOutput.line(object(state, settings)));
      return;
    }
    Table table =
        new Table("PARTITION", "OWNER", ">SINCE", ">CHECKPOINT", ">LAST", ">LAG", ">BEHIND");
    state.partitions().values().forEach(partition -> table.add(row(partition)));
    // Written at once, so that a screen that is refreshed does not flicker.
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (PrintStream text = new PrintStream(screen, false, StandardCharsets.UTF_8)) {
      if (watch && terminal().colours()) {
        text.print(CLEAR);
      }
      table.print(text, terminal().columns(), terminal().colours());
    }
    terminal().out().print(screen.toString(StandardCharsets.UTF_8));
    terminal().out().flush();
  }

  private static Cell[] row(PartitionState state) {
    return new Cell[] {
      Cell.of(state.partition()),
      state
          .owner()
          .map(Cell::of)
          .orElseGet(
              () ->
                  state
                      .expiredOwner()
                      .map(former -> Cell.alert("expired: " + former))
                      .orElseGet(() -> Cell.none("nobody"))),
      state.since().map(age -> Cell.of(Moments.brief(age))).orElseGet(() -> Cell.none("-")),
      checkpoint(state),
      number(state.lastEnqueued(), "none yet"),
      lag(state),
      state.lagTime().map(time -> Cell.of(Moments.brief(time))).orElseGet(() -> Cell.none("?"))
    };
  }

  /** Before the first event of a partition that has lost none yet. */
  private static Cell checkpoint(PartitionState state) {
    if (state.unreadable().isPresent()) {
      return Cell.alert("unreadable");
    }
    OptionalLong number = state.checkpoint();
    return number.isPresent() && number.getAsLong() < 0 ? Cell.of("start") : number(number, "none");
  }

  private static Cell number(OptionalLong number, String otherwise) {
    return number.isPresent() ? Cell.of(number.getAsLong()) : Cell.none(otherwise);
  }

  private static Cell lag(PartitionState state) {
    OptionalLong lag = state.lag();
    if (lag.isEmpty()) {
      return state.isBeyondTheEnd() ? Cell.alert("beyond the end") : Cell.none("?");
    }
    return lag.getAsLong() == 0 ? Cell.good(0) : Cell.alert(lag.getAsLong());
  }

  private static Map<String, Object> object(GroupState state, ConsumerSettings settings) {
    List<Map<String, @Nullable Object>> partitions = new ArrayList<>();
    state
        .partitions()
        .values()
        .forEach(
            partition -> {
              Map<String, @Nullable Object> row = new LinkedHashMap<>();
              row.put("partition", partition.partition());
              row.put("owner", partition.owner());
              row.put("ownerSinceMillis", partition.since().map(Duration::toMillis));
              row.put("ownerRenewedMillis", partition.renewed().map(Duration::toMillis));
              row.put("expiredOwner", partition.expiredOwner());
              row.put("checkpoint", partition.checkpoint());
              row.put("lastEnqueued", partition.lastEnqueued());
              row.put("lag", partition.lag());
              row.put("lagMillis", partition.lagTime().map(Duration::toMillis));
              partitions.add(row);
            });
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("eventHub", settings.eventHubName());
    object.put("consumerGroup", settings.consumerGroup());
    object.put("partitions", partitions);
    return object;
  }
}
