// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Comparator;
import org.apache.pekko.annotation.InternalApi;

/** The ids of partitions, which are numbers. */
@InternalApi
public final class PartitionIds {

  /** Numbers in their order: "10" comes after "9". */
  public static final Comparator<String> ORDER =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private PartitionIds() {}
}
