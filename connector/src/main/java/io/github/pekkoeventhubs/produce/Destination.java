// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import java.util.Optional;

/**
 * Where a batch goes. Events with one destination are batched together, in the order in which they
 * came.
 */
sealed interface Destination {

  /** Whether its events keep their order, so that it has at most one batch in flight. */
  boolean ordered();

  /**
   * The name of the numbers that its events get. Two kinds can lead to one partition, and neither
   * waits for the other.
   */
  String nameOfNumbers();

  /** The partition, where it is not for the service to choose. */
  Optional<String> partitionId();

  /** Any partition. */
  static Destination any() {
    return Any.INSTANCE;
  }

  /** The partition that events name themselves. */
  static Destination partition(String id) {
    return new Partition(id);
  }

  /** The partition that the keys of events lead to. */
  static Destination keysOf(String partitionId) {
    return new Keys(partitionId);
  }

  /** See {@link #any}. */
  enum Any implements Destination {
    /** The only one. */
    INSTANCE;

    @Override
    public boolean ordered() {
      return false;
    }

    @Override
    public String nameOfNumbers() {
      return ":any";
    }

    @Override
    public Optional<String> partitionId() {
      return Optional.empty();
    }

    @Override
    public String toString() {
      return "any partition";
    }
  }

  /** See {@link #partition}. */
  record Partition(String id) implements Destination {

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public String nameOfNumbers() {
      return ":partition";
    }

    @Override
    public Optional<String> partitionId() {
      return Optional.of(id);
    }

    @Override
    public String toString() {
      return "partition " + id;
    }
  }

  /**
   * See {@link #keysOf}. Apart from {@link Partition}: the SDK writes the annotations of the first
   * event of a batch, its key included, also on the batch, and what the service then makes of the
   * events that have none is not known.
   */
  record Keys(String id) implements Destination {

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public String nameOfNumbers() {
      return ":keys";
    }

    @Override
    public Optional<String> partitionId() {
      return Optional.of(id);
    }

    @Override
    public String toString() {
      return "the keys of partition " + id;
    }
  }
}
