// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.time.Clock;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about event hubs and partitions. The clients insist on the class of each value,
 * so an int must not become a long, nor an array a list.
 */
@SuppressWarnings("JavaUtilDate") // The AMQP engine encodes this type as a timestamp.
final class ManagementNode implements RequestLink.Node {
  private static final String EVENT_HUB = "com.microsoft:eventhub";
  private static final String PARTITION = "com.microsoft:partition";

  /** 0001-01-01T00:00:00Z: nothing was ever enqueued. */
  private static final long NEVER = -62_135_596_800_000L;

  private final Broker broker;
  private final Authorization authorization;
  private final Clock clock;

  ManagementNode(Broker broker, Authorization authorization, Clock clock) {
    this.broker = broker;
    this.authorization = authorization;
    this.clock = clock;
  }

  @Override
  public @Nullable Response handle(Map<String, Object> applicationProperties, Message request) {
    Object operation = applicationProperties.get("operation");
    Object type = applicationProperties.get("type");
    if (!"READ".equals(operation)) {
      throw new ServiceException(
          ErrorConditions.NOT_IMPLEMENTED, "$management knows no operation '" + operation + "'");
    }
    String name = String.valueOf(applicationProperties.get("name"));
    authorization.requireForRequest(name, text(applicationProperties.get("security_token")));
    EventHub eventHub = broker.eventHub(name);
    if (EVENT_HUB.equals(type)) {
      return Response.ok(describe(eventHub));
    }
    if (PARTITION.equals(type)) {
      String partitionId = String.valueOf(applicationProperties.get("partition"));
      if (broker.faults().ignoresPartitionQuestion(EventHub.key(eventHub.name()))) {
        return null;
      }
      return Response.ok(describe(eventHub.partition(partitionId)));
    }
    throw new ServiceException(
        ErrorConditions.ARGUMENT_ERROR, "There is no entity of type '" + type + "'");
  }

  /**
   * @throws ServiceException if it is something else
   */
  private static @Nullable String text(@Nullable Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new ServiceException(
        ErrorConditions.ARGUMENT_ERROR, "A token is a string, not a " + value.getClass());
  }

  private static Map<String, Object> describe(EventHub eventHub) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("name", eventHub.name());
    properties.put("type", EVENT_HUB);
    properties.put("created_at", Date.from(eventHub.createdAt()));
    properties.put("partition_count", eventHub.partitions().size());
    properties.put(
        "partition_ids", eventHub.partitions().stream().map(Partition::id).toArray(String[]::new));
    properties.put("georeplication_factor", 1);
    return properties;
  }

  private Map<String, Object> describe(Partition partition) {
    PartitionLog log = partition.log();
    log.expire();
    LogEntry last = log.last();
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("name", partition.eventHub());
    properties.put("type", PARTITION);
    properties.put("partition", partition.id());
    properties.put("begin_sequence_number", log.firstSequenceNumber());
    properties.put("last_enqueued_sequence_number", log.nextSequenceNumber() - 1);
    properties.put(
        "last_enqueued_offset", last == null ? StartPosition.EARLIEST.value() : last.offset());
    properties.put("last_enqueued_time_utc", new Date(last == null ? NEVER : last.enqueuedTime()));
    properties.put("is_partition_empty", log.isEmpty());
    properties.put("runtime_info_retrieval_time_utc", new Date(clock.millis()));
    return properties;
  }
}
