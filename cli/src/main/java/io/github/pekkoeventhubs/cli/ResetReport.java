// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.PartitionReset.Outcome;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.cli.Table.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A reset that is planned or performed, as a table and in JSON.
 *
 * @param expiredOwners by partition, whose claims have expired and were not released
 */
record ResetReport(
    Destination destination,
    CheckpointReset reset,
    Map<String, String> expiredOwners,
    Ending ending) {

  /**
   * Where a reset writes.
   *
   * @param group a partition of the consumer group, whichever
   * @param account the storage account with the container
   */
  record Destination(EventHubPartition group, String account, String container) {

    /** One line, which names no secret. */
    String line() {
      return group.namespace()
          + "/"
          + group.eventHub()
          + ", group '"
          + group.consumerGroup()
          + "', in "
          + account
          + "/"
          + container;
    }
  }

  /** How a reset has ended. */
  enum Ending {
    /** Nothing was to be written. */
    PLANNED,
    /** Nothing was written: a partition has an owner, or its checkpoint was written meanwhile. */
    REFUSED,
    /** Nothing was written, since the store did not let it be. */
    FAILED,
    /** Some checkpoints were written, and others not. */
    PARTLY,
    /** Each checkpoint says what it was to say. */
    DONE;

    /** How a reset that was tried has ended. */
    static Ending of(CheckpointReset performed) {
      if (performed.isDone()) {
        return DONE;
      }
      if (has(performed, Outcome.WRITTEN)) {
        return PARTLY;
      }
      return has(performed, Outcome.FAILED) ? FAILED : REFUSED;
    }
  }

  private static boolean has(CheckpointReset reset, Outcome outcome) {
    return reset.partitions().values().stream().anyMatch(each -> each.outcome() == outcome);
  }

  /** How the process ends. */
  int exitCode() {
    return switch (ending) {
      case PLANNED, DONE -> ExitCode.OK;
      case REFUSED -> ExitCode.INCOMPLETE;
      case FAILED -> ExitCode.FAILED;
      case PARTLY -> has(reset, Outcome.FAILED) ? ExitCode.FAILED : ExitCode.INCOMPLETE;
    };
  }

  /** One row per partition. */
  Table table() {
    Table table = new Table("PARTITION", "OWNER", ">CHECKPOINT", ">NEW", ">CHANGE", "STATE");
    reset
        .partitions()
        .forEach(
            (id, each) ->
                table.add(
                    Cell.of(id),
                    owner(id, each),
                    each.before().flatMap(Checkpoints::problem).isPresent()
                        ? Cell.alert("unreadable")
                        : checkpoint(before(each)),
                    checkpoint(OptionalLong.of(each.sequenceNumber())),
                    before(each).isPresent()
                        ? Cell.of(change(each.sequenceNumber() - before(each).getAsLong()))
                        : Cell.none("-"),
                    state(each)));
    return table;
  }

  private Cell owner(String id, PartitionReset each) {
    if (each.owner().isPresent()) {
      return Cell.alert(each.owner().get());
    }
    String expired = expiredOwners.get(id);
    return expired == null ? Cell.none("nobody") : Cell.alert("expired: " + expired);
  }

  private static Cell checkpoint(OptionalLong number) {
    if (number.isEmpty()) {
      return Cell.none("none");
    }
    return number.getAsLong() < 0 ? Cell.of("start") : Cell.of(number.getAsLong());
  }

  private static OptionalLong before(PartitionReset reset) {
    return reset
        .before()
        .map(StoredCheckpoint::sequenceNumberIfReadable)
        .orElse(OptionalLong.empty());
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

  /** The whole as one JSON object. */
  Map<String, Object> object() {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    reset
        .partitions()
        .forEach(
            (id, each) -> {
              Map<String, @Nullable Object> row = new LinkedHashMap<>();
              row.put("partition", id);
              row.put("owner", each.owner());
              row.put("expiredOwner", each.owner().isPresent() ? null : expiredOwners.get(id));
              row.put("before", before(each));
              row.put("after", each.sequenceNumber());
              row.put("state", each.outcome().name().toLowerCase(Locale.ROOT));
              row.put("problem", each.problem());
              rows.add(row);
            });
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("namespace", destination.group().namespace());
    object.put("eventHub", destination.group().eventHub());
    object.put("consumerGroup", destination.group().consumerGroup());
    object.put("storageAccount", destination.account());
    object.put("container", destination.container());
    object.put("executed", ending == Ending.DONE || ending == Ending.PARTLY);
    object.put("outcome", ending.name().toLowerCase(Locale.ROOT));
    object.put("partitions", rows);
    return object;
  }
}
