// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.quickstart.OperationsFiles.Panel;
import io.github.pekkoeventhubs.quickstart.OperationsFiles.Target;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes three nodes of the quickstart, each a process of its own, and a
 * producer. Every query of the dashboard and of the alert rules has an answer, and alerts fire with
 * their faults. In the rules of this test a minute is two seconds.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScrapedQuickstartIT {

  private static final String STOPPED = "EventHubsGroupStopped";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path folder;

  private static ScrapedNodes nodes;
  private static Prometheus prometheus;
  private static Instant started;

  @BeforeAll
  static void start() {
    assumeTrue(Prometheus.program().isPresent(), "prometheus is not installed");
    nodes = ScrapedNodes.start();
    prometheus = Prometheus.start(nodes.configuration(folder), folder);
    started = Instant.now();
    eventually(() -> assertThat(prometheus.isReady()).isTrue());
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
    if (nodes != null) {
      nodes.close();
    }
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(assertion);
  }

  private static void eventuallyFires(String... alerts) {
    eventually(() -> assertThat(prometheus.firing()).contains(alerts));
  }

  private static void eventuallyFiresNoMore(String... alerts) {
    eventually(() -> assertThat(prometheus.firing()).doesNotContain(alerts));
  }

  @Test
  @Order(1)
  void allNodesAndTheProducerAreScrapedAndNoAlertFires() {
    eventually(
        () ->
            assertThat(prometheus.query("up == 1"))
                .extracting(series -> series.labels().get("instance"))
                .containsExactlyInAnyOrder("node 1", "node 2", "node 3", "producer"));
    eventually(
        () ->
            assertThat(prometheus.query("sum(pekko_eventhubs_consumer_partitions) == 6"))
                .hasSize(1));
    eventually(() -> assertThat(prometheus.firing()).isEmpty());
  }

  @Test
  @Order(1)
  void theOneLookThatIsPrintedShowsTheLag() {
    String look =
        nodes.instructions(folder).stream()
            .map(String::strip)
            .filter(line -> line.startsWith("curl "))
            .findFirst()
            .orElseThrow();

    eventually(
        () -> {
          Process shell =
              new ProcessBuilder("/bin/sh", "-c", look).redirectErrorStream(true).start();
          assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
              .containsPattern("(?m)^pekko_eventhubs_partition_lag_events\\{.*} [0-9.E]+$");
        });
  }

  @Test
  @Order(2)
  void aStreamThatFailsFires() {
    nodes.failAStream();
    eventuallyFires("EventHubsStreamFailed");
  }

  /**
   * The comparisons of a rule are made numbers, so that it has series without its fault, too. The
   * alert of a group that has stopped is about groups that have none.
   */
  @Test
  @Order(3)
  void everyQueryOfTheAlertsHasSeries() {
    Map<String, String> queries = new TreeMap<>(prometheus.alertQueries());
    assertThat(queries).hasSizeGreaterThanOrEqualTo(13);
    assertThat(queries.remove(STOPPED)).isNotNull();
    eventually(
        () ->
            assertThat(queries)
                .allSatisfy(
                    (name, query) ->
                        assertThat(
                                prometheus.query(
                                    query.replaceAll(" (==|!=|>=|<=|>|<) ", " $1 bool ")))
                            .as(name)
                            .isNotEmpty()));
  }

  @Test
  @Order(4)
  void everyQueryOfTheDashboardHasSeries() {
    List<Target> targets = new ArrayList<>();
    for (Panel panel : OperationsFiles.panels()) {
      targets.addAll(panel.targets());
    }
    assertThat(targets).hasSizeGreaterThan(30);
    eventually(
        () ->
            assertThat(targets)
                .allSatisfy(
                    target ->
                        assertThat(
                                prometheus.query(OperationsFiles.filledIn(target.query(), "10s")))
                            .isNotEmpty()));
  }

  @Test
  @Order(5)
  void aPartitionThatStandsStillFiresAndItsLagGrows() {
    FaultHandle stall = nodes.eventHubs().faults().stall(ScrapedNodes.HUB, "0");
    eventuallyFires("EventHubsPartitionStalled", "EventHubsLagGrows");
    stall.cancel();
    eventuallyFiresNoMore("EventHubsPartitionStalled", "EventHubsLagGrows");
  }

  @Test
  @Order(6)
  void aStoreThatFailsFires() {
    nodes.blobs().faults().always().answer(500, "InternalError");
    eventuallyFires("EventHubsCheckpointsFail", "EventHubsStoreUnhealthy");
    nodes.blobs().faults().clear();
    eventuallyFiresNoMore("EventHubsCheckpointsFail", "EventHubsStoreUnhealthy");
  }

  @Test
  @Order(7)
  void sendsThatFailFire() {
    FaultHandle refused =
        nodes.eventHubs().faults().rejectNextSends(1_000_000, "com.microsoft:server-busy");
    eventuallyFires("EventHubsSendsFail");
    refused.cancel();
    eventuallyFiresNoMore("EventHubsSendsFail");
  }

  @Test
  @Order(8)
  void partitionsOfAKilledNodeFireUntilOthersHaveThem() {
    nodes.killTheLast();
    eventuallyFires("EventHubsPartitionUnowned");
    eventuallyFiresNoMore("EventHubsPartitionUnowned");
    assertThat(prometheus.query("sum by (instance) (pekko_eventhubs_consumer_partitions)"))
        .as("a node that has gone leaves no series")
        .extracting(series -> series.labels().get("instance"))
        .containsExactlyInAnyOrder("node 1", "node 2");
    assertThat(Set.of("EventHubsStreamFailed", STOPPED))
        .as("the stream that has failed may have been scraped before")
        .containsAll(prometheus.firing());
  }

  @Test
  @Order(9)
  void thePictureOfTheDashboardHasALineInEachPanel() throws Exception {
    DashboardPicture picture = DashboardPicture.of(prometheus, started, Instant.now());
    picture.write(Path.of("target/dashboard.svg"));

    assertThat(picture.emptyPanels()).isEmpty();
  }

  @Test
  @Order(10)
  void eventsThatAreGoneBeforeTheyAreReadFire() {
    FaultHandle stall = nodes.eventHubs().faults().stall(ScrapedNodes.HUB, "1");
    eventually(
        () ->
            assertThat(
                    prometheus.query(
                        "pekko_eventhubs_partition_lag_events{position=\"emitted\","
                            + "messaging_destination_partition_id=\"1\"} > 0"))
                .isNotEmpty());
    FaultHandle removed =
        nodes.eventHubs().faults().moveRetention(ScrapedNodes.HUB, "1", Long.MAX_VALUE);
    assertThat(removed.hits()).isPositive();
    stall.cancel();
    eventuallyFires("EventHubsEventsMissed");
  }

  @Test
  @Order(11)
  void aStreamThatIsSlowerThanItsEventsFires() {
    Consumer.Control slow = nodes.readSlowly();
    eventuallyFires("EventHubsStreamBehind");
    slow.shutdown().toCompletableFuture().join();
    eventuallyFiresNoMore("EventHubsStreamBehind");
    // No process runs a stream of its group any more.
    eventuallyFires(STOPPED);
  }

  /** Each time that a record is deleted its owner loses the partition, and claims it again. */
  @Test
  @Order(12)
  void claimsThatAreTakenAwayAgainAndAgainFire() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              nodes.deleteTheClaims();
              assertThat(prometheus.firing())
                  .contains("EventHubsPartitionsLost", "EventHubsPartitionsFlap");
            });
  }
}
