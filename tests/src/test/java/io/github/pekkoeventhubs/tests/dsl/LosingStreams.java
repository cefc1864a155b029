// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.audit.AuditedNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Balance;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.GraphDSL;
import org.apache.pekko.stream.javadsl.Merge;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;

/** The streams that the guide to at-least-once warns of, because they lose events. */
final class LosingStreams {

  private static final int AT_A_TIME = 8;

  private LosingStreams() {}

  private static Source<CommittableEvent, Consumer.Control> source(AuditedNode node) {
    return Consumer.committableSource(node.consumerSettings(), node.subscription());
  }

  private static RunnableGraph<Consumer.DrainingControl<Done>> committed(
      AuditedNode node, Source<CommittableOffset, Consumer.Control> offsets) {
    return offsets.toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl);
  }

  private static Function<CommittableEvent, CompletionStage<CommittableOffset>> work(
      AuditedNode node) {
    return event -> node.process(event).thenApply(done -> event.committableOffset());
  }

  static RunnableGraph<?> committingBesideTheWork(AuditedNode node) {
    // snippet: beside
    RunnableGraph<Consumer.DrainingControl<Done>> graph =
        Consumer.committableSource(node.consumerSettings(), node.subscription())
            .alsoTo(
                Flow.of(CommittableEvent.class)
                    .map(CommittableEvent::committableOffset)
                    .to(Committer.sink(node.committerSettings())))
            .mapAsync(8, node::process)
            .toMat(Sink.ignore(), Consumer::createDrainingControl);
    // end
    return graph;
  }

  static RunnableGraph<?> workingInABranch(AuditedNode node) {
    return committed(
        node,
        source(node)
            .alsoTo(
                Flow.of(CommittableEvent.class)
                    .mapAsync(AT_A_TIME, node::process)
                    .to(Sink.ignore()))
            .map(CommittableEvent::committableOffset));
  }

  static RunnableGraph<?> notAwaitingTheWork(AuditedNode node) {
    return committed(
        node,
        source(node)
            .map(
                event -> {
                  CompletionStage<Done> nobodyWaits = node.process(event);
                  return nobodyWaits == null ? event.skip() : event.committableOffset();
                }));
  }

  static RunnableGraph<?> handingOverToAQueue(AuditedNode node) {
    SourceQueueWithComplete<CommittableEvent> queue =
        Source.<CommittableEvent>queue(1_000, OverflowStrategy.backpressure())
            .mapAsync(1, node::process)
            .to(Sink.ignore())
            .mapMaterializedValue(materialized -> materialized)
            .withAttributes(
                ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider()))
            .run(node.system());
    return committed(
        node,
        source(node)
            .mapAsync(
                1, event -> queue.offer(event).thenApply(taken -> event.committableOffset())));
  }

  static RunnableGraph<?> takingTheFastestFirst(AuditedNode node) {
    return committed(node, source(node).mapAsyncUnordered(AT_A_TIME, work(node)));
  }

  static RunnableGraph<?> mergingSubstreams(AuditedNode node) {
    return committed(
        node,
        source(node)
            .groupBy(AT_A_TIME, event -> event.sequenceNumber() % AT_A_TIME)
            .mapAsync(1, work(node))
            .mergeSubstreams());
  }

  static RunnableGraph<?> balancing(AuditedNode node) {
    return committed(
        node,
        source(node)
            .via(
                Flow.fromGraph(
                    GraphDSL.create(
                        builder -> {
                          var balance = builder.add(Balance.<CommittableEvent>create(2));
                          var merge = builder.add(Merge.<CommittableOffset>create(2));
                          for (int worker = 0; worker < 2; worker++) {
                            builder
                                .from(balance)
                                .via(
                                    builder.add(
                                        Flow.of(CommittableEvent.class).mapAsync(1, work(node))))
                                .toFanIn(merge);
                          }
                          return FlowShape.of(balance.in(), merge.out());
                        }))));
  }

  static RunnableGraph<?> droppingTheOldest(AuditedNode node) {
    return committed(
        node, source(node).buffer(2, OverflowStrategy.dropHead()).mapAsync(1, work(node)));
  }

  static RunnableGraph<?> conflating(AuditedNode node) {
    return committed(node, source(node).conflate((older, newer) -> newer).mapAsync(1, work(node)));
  }

  static RunnableGraph<?> resuming(AuditedNode node) {
    return committed(
        node,
        source(node)
            .mapAsync(AT_A_TIME, work(node))
            .withAttributes(
                ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider())));
  }

  static RunnableGraph<?> restartingTheStage(AuditedNode node) {
    return committed(
        node,
        source(node)
            .map(node::processNow)
            .map(CommittableEvent::committableOffset)
            .withAttributes(
                ActorAttributes.withSupervisionStrategy(Supervision.getRestartingDecider())));
  }

  static RunnableGraph<?> answeringForAFailure(AuditedNode node) {
    return committed(
        node,
        source(node)
            .mapAsync(
                AT_A_TIME,
                event ->
                    node.process(event)
                        .exceptionally(failure -> Done.getInstance())
                        .thenApply(done -> event.committableOffset())));
  }

  static RunnableGraph<?> committingTheFirstOutput(AuditedNode node) {
    return committed(
        node,
        source(node)
            .mapConcat(event -> List.of(new Output(event, "invoice"), new Output(event, "parcel")))
            .mapAsync(
                1,
                output ->
                    node.process(output.event(), output.name())
                        .thenApply(done -> output.event().committableOffset())));
  }

  private record Output(CommittableEvent event, String name) {}

  static RunnableGraph<?> committingAhead(AuditedNode node) {
    return Consumer.atMostOnceSource(node.consumerSettings(), node.subscription())
        .mapAsync(1, node::process)
        .toMat(Sink.ignore(), Consumer::createDrainingControl);
  }

  static RunnableGraph<?> committingBesideTheSending(AuditedNode node) {
    return source(node)
        .alsoTo(
            Flow.of(CommittableEvent.class)
                .map(CommittableEvent::committableOffset)
                .to(Committer.sink(node.committerSettings())))
        .map(CommittableEvent::event)
        .toMat(Producer.plainSink(node.producerSettings()), Consumer::createDrainingControl);
  }

  // ---- repeated

  static RunnableGraph<?> waitingForTheNextOfAMergedSource(AuditedNode node) {
    return source(node)
        .mapAsync(AT_A_TIME, work(node))
        .toMat(
            Committer.sink(node.committerSettings().withWhen(CommitWhen.NEXT_OFFSET_OBSERVED)),
            Consumer::createDrainingControl);
  }

  static RunnableGraph<?> readingFromTheBeginning(AuditedNode node) {
    return Consumer.committablePartitionedManualOffsetSource(
            node.consumerSettings(),
            node.subscription(),
            partitions ->
                CompletableFuture.completedFuture(
                    partitions.stream()
                        .collect(
                            Collectors.toMap(
                                partition -> partition, partition -> EventPosition.earliest()))))
        .flatMapMerge(1_000, partition -> partition.second().mapAsync(1, work(node)))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl);
  }

  // ---- no progress

  static RunnableGraph<?> committingTheLastOfAGroup(AuditedNode node) {
    return committed(
        node,
        source(node)
            .groupedWithin(500, Duration.ofMillis(200))
            .mapAsync(
                1,
                events ->
                    node.processAll(events)
                        .thenApply(done -> events.get(events.size() - 1).committableOffset())));
  }

  static RunnableGraph<?> filtering(AuditedNode node) {
    return committed(
        node,
        source(node)
            .filter(event -> event.sequenceNumber() % 5 == 0)
            .mapAsync(AT_A_TIME, work(node)));
  }

  static RunnableGraph<?> mappingToNothing(AuditedNode node) {
    return committed(
        node,
        source(node)
            .mapConcat(
                event ->
                    event.sequenceNumber() % 5 == 0 ? List.of(event) : List.<CommittableEvent>of())
            .mapAsync(AT_A_TIME, work(node)));
  }

  static RunnableGraph<?> diverting(AuditedNode node) {
    return committed(
        node,
        source(node)
            .divertTo(
                Flow.of(CommittableEvent.class)
                    .mapAsync(AT_A_TIME, node::process)
                    .to(Sink.ignore()),
                event -> event.sequenceNumber() % 5 != 0)
            .mapAsync(AT_A_TIME, work(node)));
  }

  static RunnableGraph<?> filteringBesideTheContext(AuditedNode node) {
    return Consumer.sourceWithOffsetContext(node.consumerSettings(), node.subscription())
        .filter(event -> event.getData().getSequenceNumber() % 5 == 0)
        .mapAsync(AT_A_TIME, node::process)
        .toMat(
            Committer.sinkWithOffsetContext(node.committerSettings()),
            Consumer::createDrainingControl);
  }

  static RunnableGraph<?> leavingOutDuplicates(AuditedNode node) {
    return committed(
        node,
        source(node)
            .statefulMapConcat(
                () -> {
                  Set<String> seen = new HashSet<>();
                  return event ->
                      seen.add(event.partition().partitionId() + "/" + event.sequenceNumber() / 5)
                          ? List.of(event)
                          : List.<CommittableEvent>of();
                })
            .mapAsync(AT_A_TIME, work(node)));
  }

  static RunnableGraph<?> collectingMoreThanTheBound(AuditedNode node) {
    return Consumer.committableSource(
            node.consumerSettings().withMaxUncommitted(3), node.subscription())
        .grouped(1_000)
        .mapAsync(
            1,
            events ->
                node.processAll(events)
                    .thenApply(
                        done ->
                            CommittableOffsetBatch.of(
                                events.stream().map(CommittableEvent::committableOffset).toList())))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl);
  }

  static RunnableGraph<?> withoutACommitter(AuditedNode node) {
    return source(node)
        .mapAsync(AT_A_TIME, node::process)
        .toMat(Sink.ignore(), Consumer::createDrainingControl);
  }

  static RunnableGraph<?> mergingTwoPartitionsAtATime(AuditedNode node) {
    return Consumer.committablePartitionedSource(node.consumerSettings(), node.subscription())
        .flatMapMerge(2, partition -> partition.second().mapAsync(1, work(node)))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl);
  }

  static RunnableGraph<?> takingTwoPartitions(AuditedNode node) {
    return Consumer.committablePartitionedSource(node.consumerSettings(), node.subscription())
        .take(2)
        .concat(Source.maybe())
        .flatMapMerge(AT_A_TIME, partition -> partition.second().mapAsync(1, work(node)))
        .toMat(Committer.sink(node.committerSettings()), Consumer::createDrainingControl);
  }

  static RunnableGraph<?> waitingForOnePartition(AuditedNode node) {
    return Consumer.committablePartitionedSource(node.consumerSettings(), node.subscription())
        .mapAsync(
            1,
            partition ->
                partition
                    .second()
                    .mapAsync(1, work(node))
                    .runWith(Committer.sink(node.committerSettings()), node.system()))
        .toMat(Sink.ignore(), Consumer::createDrainingControl);
  }
}
