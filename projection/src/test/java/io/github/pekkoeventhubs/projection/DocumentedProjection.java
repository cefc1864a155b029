// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.projection;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.ShardedDaemonProcessSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ShardedDaemonProcess;
import org.apache.pekko.projection.ProjectionBehavior;
import org.apache.pekko.projection.ProjectionId;
import org.apache.pekko.projection.javadsl.ExactlyOnceProjection;
import org.apache.pekko.projection.jdbc.javadsl.JdbcHandler;
import org.apache.pekko.projection.jdbc.javadsl.JdbcProjection;

/** The projection that {@code docs/projection.md} shows. */
final class DocumentedProjection {

  private final ActorSystem<?> system;
  private final ConsumerSettings settings;
  private final Supplier<ConnectionOfH2> connect;
  private final Supplier<JdbcHandler<PartitionEvent, ConnectionOfH2>> handler;

  DocumentedProjection(
      ActorSystem<?> system,
      ConsumerSettings settings,
      Supplier<ConnectionOfH2> connect,
      Supplier<JdbcHandler<PartitionEvent, ConnectionOfH2>> handler) {
    this.system = system;
    this.settings = settings;
    this.connect = connect;
    this.handler = handler;
  }

  // snippet: projection
  ExactlyOnceProjection<Long, PartitionEvent> billing(String partitionId) {
    return JdbcProjection.exactlyOnce(
        ProjectionId.of("billing", partitionId),
        EventHubsSourceProvider.create(settings, partitionId),
        connect,
        handler,
        system);
  }

  // end

  void startOnTheCluster(List<String> partitionIds) {
    // snippet: onTheCluster
    ShardedDaemonProcess.get(system)
        .init(
            ProjectionBehavior.Command.class,
            "billing",
            partitionIds.size(),
            number -> ProjectionBehavior.create(billing(partitionIds.get(number))),
            ShardedDaemonProcessSettings.create(system),
            Optional.of(ProjectionBehavior.stopMessage()));
    // end
  }
}
