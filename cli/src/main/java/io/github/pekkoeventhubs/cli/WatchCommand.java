// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "watch",
    description = "Show who owns which partition, and then each hand-over as it happens.",
    footer = {
      "",
      "Looks into the store once a second: a partition that moves twice in between is seen",
      "to have moved once.",
      "",
      "Examples:",
      "  eventhubs watch orders --group billing",
      "  eventhubs watch orders --group billing --for 10 --json"
    })
final class WatchCommand extends ServiceCommand {

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

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "End after this time; without it, when interrupted.")
  private @Nullable Long seconds;

  @Option(names = "--json", description = "One JSON object per change and line.")
  private boolean json;

  /** The owners at the last look; none before the first one. */
  private Map<String, String> known = Map.of();

  WatchCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    if (seconds != null && seconds < 1) {
      throw new UsageException("--for must be at least 1 second, and not " + seconds);
    }
  }

  @Override
  int run(Session session) throws InterruptedException {
    GroupLooks looks = new GroupLooks(session, hub, group);
    looks.oneOfMany(this::look);
    Instant end = seconds == null ? Instant.MAX : terminal().clock().instant().plusSeconds(seconds);
    while (terminal().clock().instant().isBefore(end) && Pause.of(Duration.ofSeconds(1))) {
      looks.oneOfMany(this::look);
    }
    return ExitCode.OK;
  }

  private void look(EventHubsMetadata metadata, ConsumerSettings settings) {
    Map<String, String> now = owners(metadata, settings);
    report(known, now);
    known = now;
  }

  /** The live owners by partition; empty text where nobody is. */
  private static Map<String, String> owners(EventHubsMetadata metadata, ConsumerSettings settings) {
    Map<String, String> owners = new TreeMap<>(PartitionIds.ORDER);
    Session.await(metadata.eventHubProperties())
        .getPartitionIds()
        .forEach(id -> owners.put(id, ""));
    Session.await(metadata.ownership())
        .forEach(
            (id, record) -> {
              if (record.isLive(settings.ownership().expiry())) {
                owners.put(id, record.ownerId());
              }
            });
    return owners;
  }

  private void report(Map<String, String> before, Map<String, String> now) {
    boolean first = before.isEmpty();
    now.forEach(
        (id, owner) -> {
          String former = before.getOrDefault(id, "");
          if (first || !former.equals(owner)) {
            print(id, first ? Optional.empty() : Optional.of(former), owner);
          }
        });
  }

  private void print(String id, Optional<String> former, String owner) {
    Instant time = terminal().clock().instant().truncatedTo(ChronoUnit.SECONDS);
    if (json) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("time", time);
      object.put("partition", id);
      object.put("from", former.filter(text -> !text.isEmpty()));
      object.put("owner", owner.isEmpty() ? null : owner);
      terminal().out().println(JsonOutput.line(object));
    } else {
      terminal()
          .out()
          .println(
              time
                  + "  partition "
                  + id
                  + "  "
                  + former.map(text -> named(text) + " -> ").orElse("")
                  + named(owner));
    }
    terminal().out().flush();
  }

  private static String named(String owner) {
    return owner.isEmpty() ? "nobody" : owner;
  }
}
