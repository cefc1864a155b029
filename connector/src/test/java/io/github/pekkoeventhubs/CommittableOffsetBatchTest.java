// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CommittableOffsetBatchTest {

  private final ControllableEpoch zero = ControllableEpoch.ofPartition("0");
  private final ControllableEpoch one = ControllableEpoch.ofPartition("1");

  private static List<String> contents(CommittableOffsetBatch batch) {
    return batch.offsets().stream()
        .map(
            offset ->
                offset.partition().partitionId()
                    + "/"
                    + offset.epoch().number()
                    + ":"
                    + offset.sequenceNumber())
        .sorted()
        .toList();
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(CommittableOffsetBatch.empty().isEmpty()).isTrue();
    assertThat(CommittableOffsetBatch.empty().batchSize()).isZero();
    assertThat(CommittableOffsetBatch.empty().offsets()).isEmpty();
    assertThat(CommittableOffsetBatch.of(List.of())).isSameAs(CommittableOffsetBatch.empty());
  }

  @Test
  void anUpdateLeavesTheOriginalAlone() {
    CommittableOffsetBatch first = CommittableOffsetBatch.empty().updated(zero.offset(1));
    CommittableOffsetBatch second = first.updated(zero.offset(2)).updated(one.offset(1));

    assertThat(contents(first)).containsExactly("0/1:1");
    assertThat(first.batchSize()).isEqualTo(1);
    assertThat(contents(second)).containsExactly("0/1:2", "1/1:1");
    assertThat(second.batchSize()).isEqualTo(3);
    assertThat(second.isEmpty()).isFalse();
  }

  @Test
  void theHighestOffsetOfAPartitionWins() {
    CommittableOffsetBatch batch =
        CommittableOffsetBatch.of(List.of(zero.offset(2), zero.offset(9), zero.offset(4)));

    assertThat(contents(batch)).containsExactly("0/1:9");
    assertThat(batch.batchSize()).isEqualTo(3);
  }

  @Test
  void aNewerEpochWinsAlsoWithALowerNumber() {
    ControllableEpoch newer = new ControllableEpoch("0", 2, Acknowledgement.ORDERED);

    assertThat(contents(CommittableOffsetBatch.of(List.of(zero.offset(9), newer.offset(4)))))
        .containsExactly("0/2:4");
    assertThat(contents(CommittableOffsetBatch.of(List.of(newer.offset(4), zero.offset(9)))))
        .containsExactly("0/2:4");
  }

  @Test
  void aNewerEpochReplacesOffsetsThatCountAloneToo() {
    ControllableEpoch newer = new ControllableEpoch("0", 2, Acknowledgement.ORDERED);
    CommittableOffset split = zero.offset(5).split(2);
    CommittableOffset newerSplit = newer.offset(3).split(2);

    assertThat(contents(CommittableOffsetBatch.of(List.of(split, newer.offset(4)))))
        .containsExactly("0/2:4");
    assertThat(contents(CommittableOffsetBatch.of(List.of(newerSplit, zero.offset(9), split))))
        .containsExactly("0/2:3");
  }

  @Test
  void offsetsThatCountAloneAreAllKept() {
    ControllableEpoch unordered = new ControllableEpoch("0", 1, Acknowledgement.UNORDERED);
    CommittableOffset split = one.offset(7).split(2);

    CommittableOffsetBatch batch =
        CommittableOffsetBatch.of(
            List.of(unordered.offset(5), unordered.offset(3), split, split, one.offset(8)));

    assertThat(contents(batch)).containsExactly("0/1:3", "0/1:5", "1/1:7", "1/1:7", "1/1:8");
    assertThat(batch.batchSize()).isEqualTo(5);
  }

  @Test
  void batchesMerge() {
    CommittableOffsetBatch left = CommittableOffsetBatch.of(List.of(zero.offset(5), one.offset(2)));
    CommittableOffsetBatch right =
        CommittableOffsetBatch.of(List.of(zero.offset(4), one.offset(3)));

    assertThat(contents(left.updated(right))).containsExactly("0/1:5", "1/1:3");
    assertThat(contents(right.updated(left))).containsExactly("0/1:5", "1/1:3");
    assertThat(left.updated(right).batchSize()).isEqualTo(4);
  }

  /**
   * Offsets of four partitions, two epochs each, one of the partitions unordered, are added one by
   * one or as batches of batches, in any order: always the same batch, and the one that a naive
   * model has.
   */
  @Property(tries = 300)
  void theOrderOfUpdatesDoesNotMatter(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 799) Integer> numbers,
      @ForAll long seed) {
    Map<Integer, ControllableEpoch> epochs = new TreeMap<>();
    List<CommittableOffset> offsets = new ArrayList<>();
    Map<Integer, Integer> newest = new TreeMap<>();
    for (int number : numbers) {
      int partition = number % 4;
      int epochNumber = 1 + number / 400;
      newest.merge(partition, epochNumber, Math::max);
      offsets.add(
          epochs
              .computeIfAbsent(
                  partition * 10 + epochNumber,
                  key ->
                      new ControllableEpoch(
                          Integer.toString(partition),
                          epochNumber,
                          partition == 3 ? Acknowledgement.UNORDERED : Acknowledgement.ORDERED))
              .offset(number % 400 / 4));
    }

    CommittableOffsetBatch inOrder = CommittableOffsetBatch.of(offsets);
    Random random = new Random(seed);
    List<CommittableOffset> shuffled = new ArrayList<>(offsets);
    Collections.shuffle(shuffled, random);
    CommittableOffsetBatch inAnotherOrder = ofBatches(shuffled, random);

    assertThat(contents(inAnotherOrder)).isEqualTo(contents(inOrder));
    assertThat(inAnotherOrder.batchSize()).isEqualTo(offsets.size());
    assertThat(contents(inOrder)).isEqualTo(model(offsets, newest));
  }

  /** Of parts of the list, which are made into batches in the same way. */
  private static CommittableOffsetBatch ofBatches(List<CommittableOffset> offsets, Random random) {
    if (offsets.size() < 2) {
      return CommittableOffsetBatch.of(offsets);
    }
    int middle = 1 + random.nextInt(offsets.size() - 1);
    return ofBatches(offsets.subList(0, middle), random)
        .updated(ofBatches(offsets.subList(middle, offsets.size()), random));
  }

  private static List<String> model(
      List<CommittableOffset> offsets, Map<Integer, Integer> newestEpochs) {
    List<String> expected = new ArrayList<>();
    newestEpochs.forEach(
        (partition, epoch) -> {
          TreeSet<Long> highest = new TreeSet<>();
          for (CommittableOffset offset : offsets) {
            if (offset.partition().partitionId().equals(Integer.toString(partition))
                && offset.epoch().number() == epoch) {
              if (partition == 3) {
                expected.add("3/" + epoch + ":" + offset.sequenceNumber());
              } else {
                highest.add(offset.sequenceNumber());
              }
            }
          }
          if (!highest.isEmpty()) {
            expected.add(partition + "/" + epoch + ":" + highest.last());
          }
        });
    Collections.sort(expected);
    return expected;
  }
}
