// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.PartitionReset.Outcome;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.cli.Table.Cell;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
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
      "--to copy-of GROUP         the checkpoints of another consumer group",
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
    CheckpointReset plan = Session.await(plan(metadata));
    if (plan.partitions().isEmpty()) {
      session.warn(nothingToCopy(session));
      return ExitCode.FAILED;
    }
    if (session.containerExists() && isUnknown(metadata, plan)) {
      session.warn(
          "consumer group '"
              + group
              + "' has nothing in container '"
              + session.storage().container()
              + "' yet: make sure that its name is right");
    }
    boolean owned = plan.partitions().values().stream().anyMatch(each -> each.owner().isPresent());
    boolean refused = execute && owned && !force;
    CheckpointReset result = execute && !refused ? perform(plan, settings, session) : plan;
    print(result);
    return verdict(session, result, owned, refused);
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
  private static boolean isUnknown(EventHubsMetadata metadata, CheckpointReset plan) {
    return plan.partitions().values().stream().allMatch(each -> each.before().isEmpty())
        && Session.await(metadata.checkpoints()).isEmpty()
        && Session.await(metadata.ownership()).isEmpty();
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

  private int verdict(Session session, CheckpointReset result, boolean owned, boolean refused) {
    result
        .partitions()
        .forEach(
            (id, each) ->
                each.problem().ifPresent(text -> session.warn("partition " + id + ": " + text)));
    if (refused) {
      session.warn(
          "nothing was written: somebody owns a partition. Stop the consumers of '"
              + group
              + "', or add --force");
      return ExitCode.REFUSED;
    }
    if (!execute) {
      session.warn(
          "nothing was written: add --execute to do it"
              + (owned && !force ? ", after the consumers have stopped, or with --force" : ""));
      return ExitCode.OK;
    }
    if (result.isDone()) {
      return ExitCode.OK;
    }
    boolean failed =
        result.partitions().values().stream().anyMatch(each -> each.outcome() == Outcome.FAILED);
    return failed ? ExitCode.FAILED : ExitCode.REFUSED;
  }

  private void print(CheckpointReset reset) {
    if (json) {
      terminal().out().println(JsonOutput.line(object(reset)));
      return;
    }
    Table table = new Table("PARTITION", "OWNER", ">CHECKPOINT", ">NEW", ">CHANGE", "STATE");
    reset
        .partitions()
        .forEach(
            (id, each) ->
                table.add(
                    Cell.of(id),
                    each.owner().map(Cell::alert).orElseGet(() -> Cell.none("nobody")),
                    checkpoint(before(each)),
                    each.sequenceNumber() < 0 ? Cell.of("start") : Cell.of(each.sequenceNumber()),
                    before(each).isPresent()
                        ? Cell.of(change(each.sequenceNumber() - before(each).getAsLong()))
                        : Cell.none("-"),
                    state(each)));
    table.print(terminal().out(), terminal().columns(), terminal().colours());
  }

  private static Cell checkpoint(OptionalLong number) {
    if (number.isEmpty()) {
      return Cell.none("none");
    }
    return number.getAsLong() < 0 ? Cell.of("start") : Cell.of(number.getAsLong());
  }

  private static OptionalLong before(PartitionReset reset) {
    return reset.before().map(StoredCheckpoint::sequenceNumber).orElse(OptionalLong.empty());
  }

  private static String change(long events) {
    return events > 0 ? "+" + events : Long.toString(events);
  }

  private static Cell state(PartitionReset reset) {
    return switch (reset.outcome()) {
      case PLANNED -> Cell.of("planned");
      case UNCHANGED -> Cell.good("unchanged");
      case WRITTEN -> Cell.good("written");
      case OWNED -> Cell.alert("owned");
      case CHANGED -> Cell.alert("changed meanwhile");
      case FAILED -> Cell.alert("failed");
    };
  }

  private Map<String, Object> object(CheckpointReset reset) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    reset
        .partitions()
        .forEach(
            (id, each) -> {
              Map<String, @Nullable Object> row = new LinkedHashMap<>();
              row.put("partition", id);
              row.put("owner", each.owner());
              row.put("before", before(each));
              row.put("after", each.sequenceNumber());
              row.put("state", each.outcome().name().toLowerCase(Locale.ROOT));
              row.put("problem", each.problem());
              rows.add(row);
            });
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("eventHub", hub == null ? "" : hub);
    object.put("consumerGroup", group);
    object.put("executed", execute);
    object.put("partitions", rows);
    return object;
  }
}
