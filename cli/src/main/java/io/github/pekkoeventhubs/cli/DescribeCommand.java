// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.cli.Table.Cell;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
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
    name = "describe",
    description = "Show an event hub and what its partitions hold.",
    footer = {"", "Example:", "  eventhubs describe orders"})
final class DescribeCommand extends ServiceCommand {

  @Parameters(index = "0", paramLabel = "HUB", description = "The event hub.")
  private @Nullable String hub;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  DescribeCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  int run(Session session) {
    EventHubsMetadata metadata = session.metadata(session.consumerSettings(hub, Groups.DEFAULT));
    EventHubProperties properties = Session.await(metadata.eventHubProperties());
    Map<String, PartitionProperties> partitions =
        Partitions.sorted(Session.await(metadata.partitionProperties()));
    if (json) {
      terminal().out().println(JsonOutput.line(object(properties, partitions)));
      return ExitCode.OK;
    }
    terminal()
        .out()
        .println(
            properties.getName()
                + ": "
                + partitions.size()
                + " partitions, created "
                + properties.getCreatedAt());
    Table table = new Table("PARTITION", ">FIRST", ">LAST", ">EVENTS", "LAST ENQUEUED");
    partitions.forEach((id, partition) -> table.add(row(id, partition)));
    table.print(terminal().out(), terminal().columns(), terminal().colours());
    return ExitCode.OK;
  }

  private static Cell[] row(String id, PartitionProperties partition) {
    OptionalLong first = Partitions.first(partition);
    OptionalLong last = Partitions.last(partition);
    return new Cell[] {
      Cell.of(id),
      first.isPresent()
          ? Cell.of(first.getAsLong())
          : Cell.none(last.isPresent() ? "none left" : "none yet"),
      last.isPresent() ? Cell.of(last.getAsLong()) : Cell.none("none yet"),
      Cell.of(events(partition)),
      last.isPresent() ? Cell.of(partition.getLastEnqueuedTime()) : Cell.none("never")
    };
  }

  private static long events(PartitionProperties partition) {
    return partition.isEmpty()
        ? 0
        : partition.getLastEnqueuedSequenceNumber() - partition.getBeginningSequenceNumber() + 1;
  }

  private static Map<String, Object> object(
      EventHubProperties properties, Map<String, PartitionProperties> partitions) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    partitions.forEach(
        (id, partition) -> {
          Map<String, @Nullable Object> row = new LinkedHashMap<>();
          row.put("partition", id);
          OptionalLong last = Partitions.last(partition);
          row.put("first", Partitions.first(partition));
          row.put("lastEnqueued", last);
          row.put("events", events(partition));
          row.put("lastEnqueuedTime", last.isPresent() ? partition.getLastEnqueuedTime() : null);
          rows.add(row);
        });
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("eventHub", properties.getName());
    object.put("created", properties.getCreatedAt());
    object.put("partitions", rows);
    return object;
  }
}
