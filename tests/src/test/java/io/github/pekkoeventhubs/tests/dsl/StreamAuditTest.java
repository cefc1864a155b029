// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static io.github.pekkoeventhubs.testkit.audit.AuditQuestion.DISORDERED;
import static io.github.pekkoeventhubs.testkit.audit.AuditQuestion.LOST;
import static io.github.pekkoeventhubs.testkit.audit.AuditQuestion.REPEATED;
import static io.github.pekkoeventhubs.testkit.audit.AuditQuestion.STUCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.audit.AuditFinding;
import io.github.pekkoeventhubs.testkit.audit.AuditQuestion;
import io.github.pekkoeventhubs.testkit.audit.AuditReport;
import io.github.pekkoeventhubs.testkit.audit.AuditedNode;
import io.github.pekkoeventhubs.testkit.audit.StreamAudit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An audit convicts the streams that the guide warns of, and acquits those that it recommends. */
class StreamAuditTest {

  private static final Path GUIDE = Path.of("..", "docs", "at-least-once.md");

  /** Audits wait more than they compute, so that two processors have enough for several. */
  private static final int AT_A_TIME = 8;

  private record Losing(String name, StreamAudit audit, AuditQuestion question, String cause) {
    @Override
    public String toString() {
      return name;
    }
  }

  private record Good(String name, StreamAudit audit) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The streams of the guide, each with what it is convicted of, and the cause that is named. */
  private static final List<Losing> LOSING =
      List.of(
          losing("beside", LosingStreams::committingBesideTheWork, LOST, "before the work is done"),
          losing("branch", LosingStreams::workingInABranch, LOST, "before the work is done"),
          losing("not awaited", LosingStreams::notAwaitingTheWork, LOST, "before the work is done"),
          losing("queue", LosingStreams::handingOverToAQueue, LOST, "before the work is done"),
          losing("at most once", LosingStreams::committingAhead, LOST, "before the work is done"),
          losing("sending", LosingStreams::committingBesideTheSending, LOST, "before the work"),
          losing("unordered", LosingStreams::takingTheFastestFirst, LOST, "mapAsyncUnordered"),
          losing("substreams", LosingStreams::mergingSubstreams, LOST, "groupBy"),
          losing("substreams, disordered", LosingStreams::mergingSubstreams, DISORDERED, "groupBy"),
          losing("balance", LosingStreams::balancing, LOST, "Balance"),
          losing("buffer", LosingStreams::droppingTheOldest, LOST, "drops events"),
          losing("conflate", LosingStreams::conflating, LOST, "drops events"),
          losing("resume", LosingStreams::resuming, LOST, "goes on after the failure"),
          losing("restart", LosingStreams::restartingTheStage, LOST, "goes on after the failure"),
          losing("exceptionally", LosingStreams::answeringForAFailure, LOST, "goes on after"),
          losing("outputs", LosingStreams::committingTheFirstOutput, LOST, "first of its outputs"),
          losing("next offset", LosingStreams::waitingForTheNextOfAMergedSource, REPEATED, "next"),
          losing(
              "rewound", LosingStreams::readingFromTheBeginning, REPEATED, "what it has committed"),
          losing("last of group", LosingStreams::committingTheLastOfAGroup, STUCK, "one partition"),
          losing("filter", LosingStreams::filtering, STUCK, "without acknowledging"),
          losing(
              "filter beside the context",
              LosingStreams::filteringBesideTheContext,
              STUCK,
              "without acknowledging"),
          losing("duplicates", LosingStreams::leavingOutDuplicates, STUCK, "without acknowledging"),
          losing("collecting", LosingStreams::collectingMoreThanTheBound, STUCK, "max-uncommitted"),
          losing("mapConcat", LosingStreams::mappingToNothing, STUCK, "without acknowledging"),
          losing("divertTo", LosingStreams::diverting, STUCK, "without acknowledging"),
          losing("no committer", LosingStreams::withoutACommitter, STUCK, "no committer"),
          losing("breadth", LosingStreams::mergingTwoPartitionsAtATime, STUCK, "does not run"),
          losing("take", LosingStreams::takingTwoPartitions, STUCK, "does not run"),
          losing("waiting", LosingStreams::waitingForOnePartition, STUCK, "does not run"),
          new Losing(
              "in a cluster",
              StreamAudit.of(LosingStreams::committingBesideTheWork).withCluster(),
              LOST,
              "before the work is done"));

  private static final List<Good> GOOD =
      List.of(
          good("merged", StreamAudit.ofStarted(GoodStreams::merged)),
          good("batches", StreamAudit.ofStarted(GoodStreams::batches)),
          good("partitioned", StreamAudit.ofStarted(GoodStreams::partitioned)),
          good("restarted", StreamAudit.ofStarted(GoodStreams::restarted)),
          good("unordered", StreamAudit.ofStarted(GoodStreams::unordered)),
          good("skipping", StreamAudit.ofStarted(GoodStreams::skipping)),
          good("skippingWithContext", StreamAudit.ofStarted(GoodStreams::skippingWithContext)),
          good("splitting", StreamAudit.ofStarted(GoodStreams::splitting)),
          good("grouping", StreamAudit.ofStarted(GoodStreams::grouping)),
          good("next offset", StreamAudit.ofStarted(GoodStreams::nextOffsetObserved)),
          good(
              "failures written elsewhere",
              StreamAudit.ofStarted(GoodStreams::writingFailuresElsewhere)),
          good("on the stream's thread", StreamAudit.ofStarted(GoodStreams::onTheStreamsThread)),
          good("hub to hub", StreamAudit.of(GoodStreams::hubToHub)),
          good("sending one by one", StreamAudit.ofStarted(GoodStreams::sendingOneByOne)),
          good("no control", StreamAudit.of(GoodStreams::withoutAControl)),
          good("in a cluster", StreamAudit.ofStarted(GoodStreams::merged).withCluster()),
          good(
              "own positions",
              StreamAudit.ofStarted(new GoodStreams.OwnPositions()::start).withOwnPositions()));

  private static final ExecutorService AUDITS = Executors.newFixedThreadPool(AT_A_TIME);
  private static final Map<StreamAudit, Future<AuditReport>> REPORTS = new HashMap<>();

  private static Losing losing(
      String name,
      Function<AuditedNode, RunnableGraph<?>> graph,
      AuditQuestion question,
      String cause) {
    return new Losing(name, StreamAudit.of(graph), question, cause);
  }

  private static Good good(String name, StreamAudit audit) {
    return new Good(name, audit);
  }

  @BeforeAll
  static void beginAll() {
    Stream.concat(LOSING.stream().map(Losing::audit), GOOD.stream().map(Good::audit))
        .forEach(audit -> REPORTS.put(audit, AUDITS.submit(audit::run)));
  }

  @AfterAll
  static void end() {
    AUDITS.shutdownNow();
  }

  private static AuditReport report(StreamAudit audit) throws Exception {
    return Objects.requireNonNull(REPORTS.get(audit)).get();
  }

  static List<Losing> convicted() {
    return LOSING;
  }

  @ParameterizedTest
  @MethodSource
  void convicted(Losing stream) throws Exception {
    AuditReport report = report(stream.audit());

    assertThat(report.convicted()).as(report.toString()).contains(stream.question());
    AuditFinding finding = report.finding(stream.question()).orElseThrow();
    assertThat(finding.likelyCause()).contains(stream.cause());
    assertThat(finding.story()).hasSizeBetween(3, 31).last().isEqualTo(finding.sentence());
    assertThat(report.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(headings()).contains(finding.page().replaceFirst("^docs/at-least-once.md", ""));
    assertThatThrownBy(report::assertSafe)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 4711")
        .hasMessageContaining(finding.story().get(0));
  }

  /** The links to all parts of the guide, and to the guide itself. */
  private static Set<String> headings() throws IOException {
    Set<String> links = new HashSet<>(Set.of(""));
    Files.readString(GUIDE)
        .lines()
        .filter(line -> line.startsWith("## "))
        .map(line -> "#" + line.substring(3).toLowerCase(Locale.ROOT).replace(' ', '-'))
        .forEach(links::add);
    return links;
  }

  @Test
  void theGuideShowsTheVerdictOnAStreamThatLosesEvents() throws Exception {
    String verdict = report(LOSING.get(0).audit()).toString();

    assertThat(Files.readString(GUIDE).replaceFirst("(events, )\\d+ s", "$1… s"))
        .contains(
            "<!-- verdict: beside -->\n```text\n"
                + verdict.replaceFirst("(events, )\\d+ s", "$1… s")
                + "```\n");
  }

  static List<Good> acquitted() {
    return GOOD;
  }

  @ParameterizedTest
  @MethodSource
  void acquitted(Good stream) throws Exception {
    AuditReport report = report(stream.audit());

    report.assertSafe();
    assertThat(report.toString())
        .contains("lost        no", "stuck       no")
        .doesNotContain("no hand-over");
  }

  @Test
  void aStreamThatDoesNotReadTheEventHubIsRefused() {
    StreamAudit audit =
        StreamAudit.of(
            node -> Source.<NotUsed>maybe().toMat(Sink.ignore(), (left, completion) -> completion));

    assertThatThrownBy(audit::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node.consumerSettings()");
  }

  @Test
  void aStreamThatEndsAtOnceIsRefusedWithItsFailure() {
    StreamAudit audit =
        StreamAudit.of(
            node ->
                Source.<Done>failed(new IllegalStateException("no such table"))
                    .toMat(Sink.ignore(), (left, completion) -> completion));

    assertThatThrownBy(audit::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no such table");
  }

  @Test
  void aGraphThatWasNotStartedIsRefused() {
    assertThatThrownBy(() -> StreamAudit.ofStarted(GoodStreams::hubToHub).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("StreamAudit.of(..)");
  }

  @Test
  void aStreamThatTellsOfNoWorkIsRefused() {
    StreamAudit audit =
        StreamAudit.of(
            node ->
                Consumer.committableSource(node.consumerSettings(), node.subscription())
                    .mapAsync(
                        1, event -> CompletableFuture.completedStage(event.committableOffset()))
                    .toMat(
                        Committer.sink(node.committerSettings()), Consumer::createDrainingControl));

    assertThatThrownBy(audit::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node.process(event)");
  }

  @Test
  void sizesOutOfBoundsAreRefused() {
    StreamAudit audit = StreamAudit.of(LosingStreams::filtering);

    assertThatThrownBy(() -> audit.withSize(0, 10)).hasMessageContaining("partitions is 0");
    assertThatThrownBy(() -> audit.withSize(4, 1)).hasMessageContaining("eventsPerPartition is 1");
  }
}
