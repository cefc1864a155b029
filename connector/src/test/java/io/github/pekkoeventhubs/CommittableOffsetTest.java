// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommittableOffsetTest {

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("3");
  private final ControllableEpoch unordered =
      new ControllableEpoch("3", 1, Acknowledgement.UNORDERED);

  @Test
  void saysWhereItsEventStands() {
    CommittableOffset offset = epoch.offset(7);

    assertThat(offset.partition()).isEqualTo(epoch.partition());
    assertThat(offset.sequenceNumber()).isEqualTo(7);
    assertThat(offset.offset()).isEqualTo("offset-7");
    assertThat(offset.metadata()).isEmpty();
    assertThat(offset.batchSize()).isEqualTo(1);
    assertThat(offset)
        .hasToString(
            "CommittableOffset(test.servicebus.windows.net/orders/$Default/3, sequence number 7)");
  }

  @Test
  void aMissingOffsetIsEmpty() {
    assertThat(new CommittableOffset(epoch, 7, null).offset()).isEmpty();
  }

  @Test
  void aPartitionThatNobodyClaimsHasNoFencingTokenAndTheFailureSaysWhatToDo() {
    assertThatThrownBy(epoch.offset(7)::fencingToken)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(epoch.partition().toString(), "balanced()", "BlobPartitionStore");
  }

  @Test
  void countsAloneIfItsPartitionIsUnorderedOrItIsSplit() {
    assertThat(epoch.offset(1).countsAlone()).isFalse();
    assertThat(epoch.offset(1).split(1).countsAlone()).isFalse();
    assertThat(epoch.offset(1).split(2).countsAlone()).isTrue();
    assertThat(unordered.offset(1).countsAlone()).isTrue();
  }

  @Test
  void aSplitOffsetIsAcknowledgedWithItsLastPart() {
    CommittableOffset split = epoch.offset(1).split(3);
    split.acknowledge();
    split.acknowledge();
    assertThat(epoch.acknowledgedNumbers()).isEmpty();

    split.acknowledge();

    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);
  }

  @Test
  void aPartCanBeSplitAgain() {
    CommittableOffset split = epoch.offset(1).split(2);
    CommittableOffset again = split.split(3);
    for (int i = 0; i < 3; i++) {
      again.acknowledge();
    }
    assertThat(epoch.acknowledgedNumbers()).isEmpty();

    split.acknowledge();

    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);
  }

  @Test
  void metadataOfAPartDoNotMakeItASeparateEvent() {
    CommittableOffset split = epoch.offset(1).split(2);
    split.withMetadata(Map.of("part", "first")).acknowledge();
    assertThat(epoch.acknowledgedNumbers()).isEmpty();
    split.acknowledge();

    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);
  }

  @Test
  void partsMayBeAcknowledgedByManyThreads() throws Exception {
    int parts = 1000;
    CommittableOffset split = epoch.offset(1).split(parts);
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> acknowledged = new ArrayList<>();
      for (int i = 0; i < parts; i++) {
        acknowledged.add(executor.submit(split::acknowledge));
      }
      for (Future<?> part : acknowledged) {
        part.get(10, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }

    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);
  }

  @Test
  void noPartsAreRefusedWithTheWayOut() {
    assertThatThrownBy(() -> epoch.offset(1).split(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parts must be at least 1, not 0; use skip() for an event without outputs");
  }

  @Test
  void skippingAcknowledgesAtOnceWhereOrderDoesNotMatter() {
    CommittableOffset offset = unordered.offset(5);

    assertThat(event(offset).skip()).isSameAs(offset);
    assertThat(unordered.acknowledgedNumbers()).containsExactly(5L);
  }

  @Test
  void skippingDoesNotAcknowledgeEarlierEventsThatMayBeUnderWay() {
    CommittableOffset offset = epoch.offset(5);

    assertThat(event(offset).skip()).isSameAs(offset);
    assertThat(epoch.acknowledgedNumbers()).isEmpty();
  }

  private static CommittableEvent event(CommittableOffset offset) {
    PartitionContext context =
        new PartitionContext("test.servicebus.windows.net", "orders", "$Default", "3");
    return new CommittableEvent(new PartitionEvent(context, new EventData("body"), null), offset);
  }
}
