// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.cli.ResetReport.Destination;
import io.github.pekkoeventhubs.cli.ResetReport.Ending;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(
    name = "reset",
    description =
        "Move the checkpoints of a consumer group. Shows what would change, and does it"
            + " with --execute.",
    footer = {
      "",
      "--to earliest              before the first event that there is now",
      "--to latest                after the last event that there is now",
      "--to TIME                  on with the first event enqueued after TIME:",
      "                           " + Moments.FORMS,
      "--to SEQUENCE-NUMBER       the last event that counts as processed",
      "--to copy-of GROUP         the checkpoints of another consumer group, if none lies",
      "                           beyond the last event of its partition, and of each that",
      "                           is an offset alone the event is still there",
      "",
      "Refuses while somebody owns one of the partitions. --force takes them from their",
      "owners; stop official processors first: they store without a condition.",
      "",
      "Examples:",
      "  eventhubs reset orders --group billing --to earliest",
      "  eventhubs reset orders --group billing --to -2h --partition 3 --execute"
    })
final class ResetCommand extends ServiceCommand {

  private static final String COPY = "copy-of:";

  /** Takes one word, or two: {@code copy-of GROUP}, which is the same as {@code copy-of:GROUP}. */
  static final class PositionWords implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
      if (words.isEmpty() || words.peek().startsWith("--")) {
        throw new ParameterException(command.commandLine(), "--to needs a position");
      }
      String word = words.pop();
      boolean another = word.equals("copy-of") && !words.isEmpty() && !words.peek().startsWith("-");
      option.setValue(another ? COPY + words.pop() : word);
    }
  }

  @Parameters(index = "0", paramLabel = "HUB", description = "The event hub.")
  private @Nullable String hub;

  @Option(
      names = "--group",
      required = true,
      paramLabel = "GROUP",
      description = "The consumer group.")
  private String group = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "POSITION",
      description = "See below.",
      parameterConsumer = PositionWords.class)
  private String to = "";

  @Option(
      names = "--partition",
      paramLabel = "ID",
      split = ",",
      description = "Only these partitions; all by default.")
  private @Nullable List<String> partitions;

  @Option(names = "--execute", description = "Do it.")
  private boolean execute;

  @Option(names = "--force", description = "Also where somebody owns a partition.")
  private boolean force;

  @Option(
      names = "--create-container",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether --execute creates a container that does not exist; it does.")
  private boolean createContainer = true;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  ResetCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    if (to.equals("copy-of")) {
      throw new UsageException("--to copy-of names no consumer group");
    }
    if (to.startsWith(COPY)) {
      if (to.length() == COPY.length()) {
        throw new UsageException("--to copy-of: names no consumer group");
      }
      if (partitions != null) {
        throw new UsageException("--partition does not go with --to copy-of GROUP");
      }
    } else {
      position();
    }
  }

  private EventPosition position() {
    return switch (to.toLowerCase(Locale.ROOT)) {
      case "earliest" -> EventPosition.earliest();
      case "latest" -> EventPosition.latest();
      default ->
          to.matches("\\d{1,18}")
              ? EventPosition.fromSequenceNumber(Long.parseLong(to))
              : EventPosition.fromEnqueuedTime(time());
    };
  }

  private Instant time() {
    return Moments.parse(to, terminal().clock().instant())
        .orElseThrow(
            () ->
                new UsageException(
                    "--to must be earliest, latest, a time ("
                        + Moments.FORMS
                        + "), a sequence number or copy-of GROUP, and not '"
                        + to
                        + "'"));
  }

  @Override
  int run(Session session) {
    if (!session.containerExists() && execute && !createContainer) {
      session.warn("container '" + session.storage().container() + "' does not exist");
      return ExitCode.FAILED;
    }
    ConsumerSettings settings =
        session.consumerSettings(hub, group).withPartitionStore(session.partitionStore());
    EventHubsMetadata metadata = session.metadata(settings);
    Destination destination =
        new Destination(
            metadata.partition("0"), session.storage().account(), session.storage().container());
    session.warn(destination.line());
    CheckpointReset plan = Session.await(plan(metadata));
    if (plan.partitions().isEmpty()) {
      session.warn(nothingToCopy(session));
      return ExitCode.FAILED;
    }
    Map<String, StoredOwnership> records = Session.await(metadata.ownership());
    if (session.containerExists() && isUnknown(metadata, plan, records)) {
      session.warn(Groups.unknown(group, session.storage().container()));
    }
    Map<String, String> expired = expired(plan, records, settings.ownership().expiry());
    if (!expired.isEmpty()) {
      session.warn(
          "partitions "
              + expired.keySet()
              + ": the claims have expired, but nobody has released them. Their owners may still"
              + " run, with a longer expiry: make sure that they have stopped, or give --expiry as"
              + " they have it");
    }
    boolean owned = plan.partitions().values().stream().anyMatch(each -> each.owner().isPresent());
    boolean performed = execute && (force || !owned);
    CheckpointReset result = performed ? perform(plan, settings, session) : plan;
    Ending unperformed = execute ? Ending.REFUSED : Ending.PLANNED;
    ResetReport report =
        new ResetReport(destination, result, expired, performed ? Ending.of(result) : unperformed);
    print(report);
    explain(session, report, owned, performed);
    return report.exitCode();
  }

  private String nothingToCopy(Session session) {
    return "nothing was written: consumer group '"
        + (to.startsWith(COPY) ? to.substring(COPY.length()) : group)
        + "' has no checkpoint of event hub '"
        + hub
        + "' in container '"
        + session.storage().container()
        + "'";
  }

  /** Whether the container holds no record of the group: it is new, or its name is mistyped. */
  private static boolean isUnknown(
      EventHubsMetadata metadata, CheckpointReset plan, Map<String, StoredOwnership> records) {
    return plan.partitions().values().stream().allMatch(each -> each.before().isEmpty())
        && records.isEmpty()
        && Session.await(metadata.checkpoints()).isEmpty();
  }

  /** The owners that have neither renewed nor released their claims, by partition. */
  private static Map<String, String> expired(
      CheckpointReset plan, Map<String, StoredOwnership> records, Duration expiry) {
    Map<String, String> owners = new LinkedHashMap<>();
    plan.partitions()
        .forEach(
            (id, each) -> {
              StoredOwnership record = records.get(id);
              if (record != null
                  && each.owner().isEmpty()
                  && !record.isReleased()
                  && !record.isLive(expiry)) {
                owners.put(id, record.ownerId());
              }
            });
    return owners;
  }

  /** A container is created for a plan alone that has come about, and so passed all checks. */
  private CheckpointReset perform(
      CheckpointReset plan, ConsumerSettings settings, Session session) {
    if (!session.containerExists()) {
      session.createContainer();
    }
    EventHubsMetadata metadata =
        session.metadata(settings.withPartitionStore(session.storage().partitionStore()));
    return Session.await(force ? metadata.resetForced(plan) : metadata.reset(plan));
  }

  private CompletionStage<CheckpointReset> plan(EventHubsMetadata metadata) {
    if (to.startsWith(COPY)) {
      return metadata.planResetToThoseOf(to.substring(COPY.length()));
    }
    if (partitions == null) {
      return metadata.planReset(position());
    }
    Map<String, EventPosition> positions = new HashMap<>();
    partitions.forEach(id -> positions.put(id, position()));
    return metadata.planReset(positions);
  }

  private void print(ResetReport report) {
    if (json) {
      terminal().out().println(JsonOutput.line(report.object()));
    } else {
      report.table().print(terminal().out(), terminal().columns(), terminal().colours());
    }
  }

  private void explain(Session session, ResetReport report, boolean owned, boolean performed) {
    report
        .reset()
        .partitions()
        .forEach(
            (id, each) ->
                each.problem().ifPresent(text -> session.warn("partition " + id + ": " + text)));
    if (performed) {
      return;
    }
    if (execute) {
      session.warn(
          "nothing was written: somebody owns a partition. Stop the consumers of '"
              + group
              + "', or add --force");
    } else {
      session.warn(
          "nothing was written: add --execute to do it"
              + (owned && !force ? ", after the consumers have stopped, or with --force" : ""));
    }
  }
}
