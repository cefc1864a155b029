// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StreamsHealth;
import io.github.pekkoeventhubs.emulator.documents.Snippets;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.projection.ProjectionBehavior;
import org.apache.pekko.projection.ProjectionId;
import org.apache.pekko.projection.javadsl.ProjectionManagement;
import org.apache.pekko.projection.jdbc.javadsl.JdbcHandler;
import org.apache.pekko.projection.jdbc.javadsl.JdbcProjection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Results and offsets in one database, with Pekko's check for mixed versions on. */
class ExactlyOnceProjectionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Path PAGE = Path.of("..", "docs", "projection.md");

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder().eventHub("orders", 2).start();
  private final ActorSystem<SpawnProtocol.Command> system =
      ActorSystem.create(SpawnProtocol.create(), "projections");
  private final Set<String> failOnce = ConcurrentHashMap.newKeySet();
  private Bills bills;
  private DocumentedProjection projection;

  @BeforeEach
  void createTables() throws Exception {
    bills = new Bills(UUID.randomUUID().toString());
    JdbcProjection.createTablesIfNotExists(() -> new ConnectionOfH2(bills.database()), system)
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    projection = projectionFrom(EventPosition.earliest());
  }

  private DocumentedProjection projectionFrom(EventPosition initialPosition) {
    return new DocumentedProjection(
        system,
        ConsumerSettings.create(system)
            .withConnectionString(eventHubs.connectionString())
            .withEventHubName("orders")
            .withInitialPosition(initialPosition),
        () -> new ConnectionOfH2(bills.database()),
        Billing::new);
  }

  @AfterEach
  void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    bills.close();
    eventHubs.close();
  }

  /** Fails after it has written, so that only the transaction takes the bill back. */
  private final class Billing extends JdbcHandler<PartitionEvent, ConnectionOfH2> {
    @Override
    public void process(ConnectionOfH2 session, PartitionEvent order) throws Exception {
      String text = order.getData().getBodyAsString();
      session.withConnection(
          connection -> {
            Bills.add(connection, text);
            return text;
          });
      if (failOnce.remove(text)) {
        throw new IllegalStateException("cannot bill " + text);
      }
    }
  }

  private List<String> send(String partitionId, int from, int to) {
    List<String> orders = new ArrayList<>();
    for (int number = from; number < to; number++) {
      orders.add("order " + partitionId + "-" + number);
      eventHubs.send("orders", partitionId, new EventData("order " + partitionId + "-" + number));
    }
    return orders;
  }

  private ActorRef<ProjectionBehavior.Command> start(String name) throws Exception {
    return AskPattern.<SpawnProtocol.Command, ActorRef<ProjectionBehavior.Command>>ask(
            system,
            answer ->
                new SpawnProtocol.Spawn<>(
                    ProjectionBehavior.create(projection.billing("0")),
                    name,
                    Props.empty(),
                    answer),
            PATIENCE,
            system.scheduler())
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private void awaitEnd(ActorRef<ProjectionBehavior.Command> running) {
    running.tell(ProjectionBehavior.stopMessage());
    await().atMost(PATIENCE).until(() -> eventHubs.receivers().isEmpty());
  }

  @Test
  void eachEventIsBilledOnceOverAFailingHandlerAndARestart() throws Exception {
    List<String> orders = send("0", 0, 20);
    failOnce.add("order 0-7");
    failOnce.add("order 0-19");
    ActorRef<ProjectionBehavior.Command> first = start("first");
    await().atMost(PATIENCE).until(() -> bills.all().size() >= 20);
    assertThat(failOnce).isEmpty();
    awaitEnd(first);

    orders.addAll(send("0", 20, 30));
    start("second");
    await().atMost(PATIENCE).until(() -> bills.all().size() >= 30);

    assertThat(bills.all()).isEqualTo(orders);
  }

  @Test
  void aStoredOffsetIsAStartWhereTheEndIsRefused() throws Exception {
    projection = projectionFrom(EventPosition.latest());
    send("0", 0, 3);
    failOnce.add("order 0-2");
    start("first");

    ProjectionManagement.get(system)
        .updateOffset(ProjectionId.of("billing", "0"), 1L)
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> !bills.all().isEmpty());

    assertThat(bills.all()).containsExactly("order 0-2");
    assertThat(failOnce).isEmpty();
  }

  @Test
  void aProjectionThatCannotStartIsNotReadyUntilItReads() throws Exception {
    projection = projectionFrom(EventPosition.latest());
    start("first");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                StreamsHealth.of(system)
                    .ready()
                    .reasons()
                    .toString()
                    .contains("initial-position = latest"));

    ProjectionManagement.get(system)
        .updateOffset(ProjectionId.of("billing", "0"), 1L)
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> StreamsHealth.of(system).ready().isYes());
  }

  @Test
  void theClusterRunsOneProjectionForEachPartition() {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    await().atMost(PATIENCE).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
    List<String> orders = send("0", 0, 10);
    orders.addAll(send("1", 0, 10));

    projection.startOnTheCluster(List.of("0", "1"));

    await().atMost(PATIENCE).until(() -> bills.all().size() >= 20);
    assertThat(bills.all()).containsExactlyInAnyOrderElementsOf(orders);
  }

  @Test
  void theGuideShowsThisCodeAndConfiguration() throws IOException {
    assertThat(Snippets.shown(PAGE))
        .hasSize(2)
        .isEqualTo(
            Snippets.compiled(
                Path.of("src/test/java")
                    .resolve(DocumentedProjection.class.getName().replace('.', '/') + ".java")));
    assertThat(Files.readString(PAGE))
        .contains(Files.readString(Path.of("src/test/resources/projection.conf")));
  }
}
