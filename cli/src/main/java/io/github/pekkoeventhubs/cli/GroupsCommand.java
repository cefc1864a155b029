// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.cli.Table.Cell;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "groups",
    description = "List the consumer groups that have owners or checkpoints in the container.",
    footer = {
      "",
      "Names are in lower case, as they are in the container. A consumer group that nobody",
      "has used, or that keeps its positions elsewhere, is not listed.",
      "",
      "Example:",
      "  eventhubs groups orders"
    })
final class GroupsCommand extends ServiceCommand {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HUB",
      description = "The event hub; by default that of the connection string.")
  private @Nullable String hub;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  GroupsCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  int run(Session session) {
    ConsumerSettings settings =
        session.consumerSettings(hub, Groups.DEFAULT).withPartitionStore(session.partitionStore());
    EventHubsMetadata anyGroup = session.metadata(settings);
    String eventHub = Session.await(anyGroup.eventHubProperties()).getName();
    List<String> groups =
        session.containerExists()
            ? session.storage().consumerGroups(anyGroup.partition("0").namespace(), eventHub)
            : List.of();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String group : groups) {
      EventHubsMetadata metadata = session.metadata(settings.withConsumerGroup(group));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("consumerGroup", group);
      row.put("checkpoints", (long) Session.await(metadata.checkpoints()).size());
      row.put(
          "owned",
          Session.await(metadata.ownership()).values().stream()
              .filter(owner -> owner.isLive(settings.ownership().expiry()))
              .count());
      rows.add(row);
    }
    print(eventHub, rows);
    return ExitCode.OK;
  }

  private void print(String eventHub, List<Map<String, Object>> rows) {
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("eventHub", eventHub);
      object.put("groups", rows);
      terminal().out().println(JsonOutput.line(object));
      return;
    }
    Table table = new Table("GROUP", ">CHECKPOINTS", ">OWNED PARTITIONS");
    rows.forEach(
        row ->
            table.add(
                Cell.of(String.valueOf(row.get("consumerGroup"))),
                Cell.of(String.valueOf(row.get("checkpoints"))),
                Cell.of(String.valueOf(row.get("owned")))));
    table.print(terminal().out(), terminal().columns(), terminal().colours());
  }
}
